/* SPDX-License-Identifier: Apache-2.0 */
/*
 * right.c - waits until the send buffer has room
 *
 * run: --broker-rtt 1
 * links: rdkafka threads
 */
#include "../../server.h"

#include <fcntl.h>
#include <poll.h>

static char image[1000000];

/* --8<-- */
static bool send_all(int fd, const char *bytes, size_t left)
{
	struct pollfd room = {.fd = fd, .events = POLLOUT};

	while (left > 0) {
		ssize_t sent = send(fd, bytes, left, MSG_NOSIGNAL);

		if (sent < 0 && errno != EAGAIN)
			return false;
		if (sent < 0) {
			if (poll(&room, 1, 30000) <= 0) /* sleeps until there is room */
				return false;
			continue;
		}
		bytes += sent;
		left -= (size_t)sent;
	}
	return true;
}
/* --8<-- */

int main(int argc, char **argv)
{
	deliver_one(argv[argc - 1]);
	int fd = connect_to_server(300, 0);
	fix_send_buffer(fd, 65536);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	bool sent = send_all(fd, image, sizeof(image));
	close(fd);
	return !sent || server_received() != sizeof(image);
}
