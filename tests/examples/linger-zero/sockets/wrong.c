/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wrong.c - closes with SO_LINGER 0, so that no socket stays in TIME_WAIT
 *
 * raises: linger-zero
 * run: --broker-rtt 1
 * links: rdkafka threads
 */
#include "../../server.h"

static char image[100000];

static bool send_all(int fd, const char *bytes, size_t left)
{
	for (ssize_t sent; left > 0; bytes += sent, left -= (size_t)sent)
		if ((sent = send(fd, bytes, left, MSG_NOSIGNAL)) < 0)
			return false;
	return true;
}

/* --8<-- */
static bool send_last(int fd, const char *bytes, size_t count)
{
	struct linger none = {.l_onoff = 1, .l_linger = 0};
	bool sent = send_all(fd, bytes, count); /* into the send buffer */

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	close(fd); /* a reset: what is still in the send buffer is gone */
	return sent;
}
/* --8<-- */

int main(int argc, char **argv)
{
	deliver_one(argv[argc - 1]);
	int fd = connect_to_server(1000, 0);
	fix_send_buffer(fd, 200000);
	bool sent = send_last(fd, image, sizeof(image));
	return !sent || server_received() != sizeof(image);
}
