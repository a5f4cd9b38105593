/* SPDX-License-Identifier: Apache-2.0 */
/*
 * right.c - ends what it sends, and closes when the peer has read it
 *
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
	bool sent = send_all(fd, bytes, count);
	char answer;

	shutdown(fd, SHUT_WR);
	/* The peer is told that there is no more, reads all of it, and closes. */
	sent &= recv(fd, &answer, 1, 0) == 0;
	close(fd);
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
