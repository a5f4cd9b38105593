/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wrong.c - lets TCP wait for less than the peer's pauses take
 *
 * raises: connection-timed-out
 * run: --broker-rtt 1
 * links: rdkafka threads
 */
#include "../../server.h"

#include <netinet/tcp.h>

static char image[2000000];

static bool send_all(int fd, const char *bytes, size_t left)
{
	for (ssize_t sent; left > 0; bytes += sent, left -= (size_t)sent)
		if ((sent = send(fd, bytes, left, MSG_NOSIGNAL)) < 0)
			return false;
	return true;
}

/* --8<-- */
static bool send_image(int fd, const char *bytes, size_t count)
{
	int most_ms = 400; /* the peer pauses for longer, and the connection is gone */

	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &most_ms, sizeof(most_ms));
	return send_all(fd, bytes, count); /* ETIMEDOUT */
}
/* --8<-- */

int main(int argc, char **argv)
{
	deliver_one(argv[argc - 1]);
	int fd = connect_to_server(3000, 0);
	fix_send_buffer(fd, 65536);
	bool sent = send_image(fd, image, sizeof(image));
	close(fd);
	return !sent || server_received() != sizeof(image);
}
