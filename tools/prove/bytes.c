/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bytes.c - see bytes.h.
 */
#include "prove/bytes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "memory/memory.h"

#define ROOM_KEPT 65536 /* of a buffer that has become empty */

void bytes_free(struct bytes *bytes)
{
	free(bytes->at);
	bytes->at = NULL;
	bytes->from = bytes->to = bytes->room = 0;
}

void bytes_add(struct bytes *bytes, const uint8_t *more, size_t count)
{
	if (bytes->from) {
		memmove(bytes->at, bytes->at + bytes->from, bytes_left(bytes));
		bytes->to -= bytes->from;
		bytes->from = 0;
	}
	if (bytes->to + count > bytes->room) {
		bytes->room = (bytes->to + count) * 2;
		bytes->at = memory_grown(bytes->at, bytes->room, 1);
	}
	memcpy(bytes->at + bytes->to, more, count);
	bytes->to += count;
}

int bytes_write(struct bytes *bytes, int fd, size_t most)
{
	while (most && bytes_left(bytes)) {
		size_t count = most < bytes_left(bytes) ? most : bytes_left(bytes);
		ssize_t put =
			send(fd, bytes->at + bytes->from, count, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return errno == EAGAIN ? 0 : errno;
		bytes->from += (size_t)put;
		bytes->passed += (size_t)put;
		most -= (size_t)put;
	}
	if (!bytes_left(bytes) && bytes->room > ROOM_KEPT)
		bytes_free(bytes);
	return 0;
}
