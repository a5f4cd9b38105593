/* SPDX-License-Identifier: Apache-2.0 */
/*
 * linger_zero.c - SO_LINGER {1, 0}: close throws the send queue away.
 *
 * With "linger" the time is 10 s instead: close waits, and all arrives.
 * linger_zero [linger]
 * links: threads
 */
#include "peer.h"

int main(int argc, char **argv)
{
	static char bytes[100000];
	struct linger linger = {.l_onoff = 1, .l_linger = argc > 1 ? 10 : 0};
	struct peer peer = {.reads_after_ms = 300};
	int fd;

	(void)argv;
	peer_start(&peer, 16384);
	fd = peer_connect(&peer, 1000000);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	printf("sent %zd\n", send(fd, bytes, sizeof(bytes), MSG_NOSIGNAL));
	close(fd);
	peer_wait(&peer);
	printf("%s\n", peer.was_reset ? "reset" : "ended in order");
	return 0;
}
