/* SPDX-License-Identifier: Apache-2.0 */
/*
 * right.c - waits longer than the peer pauses, and sends the rest
 *
 * run: --broker-rtt 1
 * links: rdkafka threads
 */
#include "../../server.h"

#include <sys/time.h>

static char image[2000000];

/* --8<-- */
static bool send_image(int fd, const char *bytes, size_t left)
{
	struct timeval patience = {.tv_sec = 30};

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	while (left > 0) {
		ssize_t sent = send(fd, bytes, left, MSG_NOSIGNAL);

		if (sent < 0)
			return false; /* the peer has a part of it: give the connection up */
		bytes += sent;
		left -= (size_t)sent;
	}
	return true;
}
/* --8<-- */

int main(int argc, char **argv)
{
	deliver_one(argv[argc - 1]);
	int fd = connect_to_server(1500, 0);
	fix_send_buffer(fd, 65536);
	bool sent = send_image(fd, image, sizeof(image));
	close(fd);
	return !sent || server_received() != sizeof(image);
}
