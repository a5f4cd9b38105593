/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sends_bytes.c - 2 MB to a peer that reads late: a stall of 300 ms, blocking or not.
 *
 * With "small" 4 kB go to a peer that reads at once: no stall.
 * sends_bytes blocking|nonblocking|small
 * links: threads
 */
#include "peer.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>

static void send_all(int fd, const char *bytes, size_t size)
{
	size_t sent = 0;

	while (sent < size) {
		ssize_t took = send(fd, bytes + sent, size - sent, MSG_NOSIGNAL);
		struct pollfd wait = {.fd = fd, .events = POLLOUT};

		if (took > 0)
			sent += (size_t)took;
		else if (errno == EAGAIN)
			poll(&wait, 1, 5000);
		else
			break;
	}
	printf("sent %zu\n", sent);
}

int main(int argc, char **argv)
{
	static char bytes[2000000];
	const char *mode = argc > 1 ? argv[1] : "blocking";
	int small = strcmp(mode, "small") == 0;
	struct peer peer = {.reads_after_ms = small ? 0 : 300, .after_full = !small};
	int fd;

	peer_start(&peer, small ? 0 : 16384);
	fd = peer_connect(&peer, small ? 0 : 65536);
	if (strcmp(mode, "nonblocking") == 0)
		fcntl(fd, F_SETFL, O_NONBLOCK);
	__atomic_store_n(&peer.sender, fd, __ATOMIC_RELEASE);
	send_all(fd, bytes, small ? 4096 : sizeof(bytes));
	close(fd);
	peer_wait(&peer);
	printf("received %zu\n", peer.received_bytes);
	return 0;
}
