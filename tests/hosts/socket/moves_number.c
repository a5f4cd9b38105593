/* SPDX-License-Identifier: Apache-2.0 */
/*
 * moves_number.c - a connection is moved to another number, as shells do, and used there.
 *
 * 60 kB to a peer that does not read, which has sent 40 bytes that nobody reads; then the
 * program returns. "stays" leaves the number as it was.
 * moves_number moves|stays
 * links: threads
 */
#include "peer.h"

int main(int argc, char **argv)
{
	static char bytes[60000];
	struct peer peer = {.reads_after_ms = 60000, .greeting_bytes = 40};
	int fd, moved;

	peer_start(&peer, 16384);
	moved = fd = peer_connect(&peer, 65536);
	if (argc < 2 || strcmp(argv[1], "moves") == 0) {
		moved = dup2(fd, 50);
		close(fd);
	}
	printf("sent %zd\n", send(moved, bytes, sizeof(bytes), MSG_NOSIGNAL));
	usleep(100000);
	return 0;
}
