/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wrong.c - asks for a send buffer that the kernel does not give
 *
 * raises: send-buffer-capped
 * run: --broker-rtt 1
 * links: rdkafka threads
 */
#include "../../server.h"

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
	int room = 1 << 30; /* succeeds, gives net.core.wmem_max, and fixes the size */

	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room)))
		return false;
	return send_all(fd, bytes, count);
}
/* --8<-- */

int main(int argc, char **argv)
{
	deliver_one(argv[argc - 1]);
	int fd = connect_to_server(0, 0);

	bool sent = send_image(fd, image, sizeof(image));
	close(fd);
	return !sent || server_received() != sizeof(image);
}
