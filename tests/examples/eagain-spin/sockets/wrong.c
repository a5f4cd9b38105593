/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wrong.c - tries again at once when the send buffer is full
 *
 * raises: eagain-spin
 * run: --broker-rtt 1
 * links: rdkafka threads
 */
#include "../../server.h"

#include <fcntl.h>

static char image[1000000];

/* --8<-- */
static bool send_all(int fd, const char *bytes, size_t left)
{
	while (left > 0) {
		ssize_t sent = send(fd, bytes, left, MSG_NOSIGNAL);

		if (sent < 0 && errno != EAGAIN)
			return false;
		if (sent < 0)
			continue; /* still full: a processor is busy until it is not */
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
