/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resets_on_close.c - closes with unread bytes in its receive queue.
 *
 * The kernel then sends RST instead of what was still queued. With "read"
 * the bytes are taken first, and all arrives. How much the peer got of the
 * reset one is luck, so only the kind of end is printed.
 * resets_on_close [read]
 * links: threads
 */
#include "peer.h"

int main(int argc, char **argv)
{
	static char bytes[500000];
	int read_first = argc > 1 && strcmp(argv[1], "read") == 0;
	struct peer peer = {.reads_after_ms = 300, .greeting_bytes = 40};
	char greeting[40];
	int fd;

	peer_start(&peer, 16384);
	fd = peer_connect(&peer, 1000000);
	recv(fd, greeting, sizeof(greeting), MSG_PEEK | MSG_WAITALL);
	if (read_first)
		recv(fd, greeting, sizeof(greeting), MSG_WAITALL);
	printf("sent %zd\n", send(fd, bytes, 100000, MSG_NOSIGNAL));
	close(fd);
	peer_wait(&peer);
	printf("%s\n", peer.was_reset ? "reset" : "ended in order");
	printf("all arrived: %s\n", peer.received_bytes == 100000 ? "yes" : "no");
	return 0;
}
