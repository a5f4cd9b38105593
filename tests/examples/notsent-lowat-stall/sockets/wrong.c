/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wrong.c - lets send() wait while the send buffer has room
 *
 * raises: notsent-lowat-stall
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
	int most = 16384; /* unsent bytes: beyond them send() waits */

	setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &most, sizeof(most));
	return send_all(fd, bytes, count);
}
/* --8<-- */

int main(int argc, char **argv)
{
	deliver_one(argv[argc - 1]);
	int fd = connect_to_server(300, 0);

	bool sent = send_image(fd, image, sizeof(image));
	close(fd);
	return !sent || server_received() != sizeof(image);
}
