/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sends_below.c - 2 MB with TCP_NOTSENT_LOWAT of 16 kB, to a peer that reads after 300 ms.
 *
 * The send buffer is the kernel's own, and would hold it all at once. With "small"
 * 4 kB go to a peer that reads at once.
 * sends_below blocking|nonblocking|small
 * links: threads
 */
#include "peer.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>

int main(int argc, char **argv)
{
	static char bytes[2000000];
	const char *mode = argc > 1 ? argv[1] : "blocking";
	int small = strcmp(mode, "small") == 0, lowat = 16384;
	struct peer peer = {.reads_after_ms = small ? 0 : 300};
	size_t sent = 0, size = small ? 4096 : sizeof(bytes);
	struct pollfd wait = {.events = POLLOUT};

	peer_start(&peer, small ? 0 : 16384);
	wait.fd = peer_connect(&peer, 0);
	setsockopt(wait.fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &lowat, sizeof(lowat));
	if (strcmp(mode, "nonblocking") == 0)
		fcntl(wait.fd, F_SETFL, O_NONBLOCK);
	while (sent < size) {
		ssize_t took = send(wait.fd, bytes + sent, size - sent, MSG_NOSIGNAL);

		if (took > 0)
			sent += (size_t)took;
		else if (errno == EAGAIN)
			poll(&wait, 1, 5000);
		else
			break;
	}
	printf("sent %zu\n", sent);
	close(wait.fd);
	peer_wait(&peer);
	printf("received %zu\n", peer.received_bytes);
	return 0;
}
