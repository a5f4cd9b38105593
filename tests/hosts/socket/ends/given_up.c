/* SPDX-License-Identifier: Apache-2.0 */
/*
 * given_up.c - TCP_USER_TIMEOUT of 400 ms, and a peer that does not read.
 *
 * sends     a blocking send is told ETIMEDOUT
 * receives  poll says that something is wrong, and recv what it is
 * again     as sends, and writes once more: EPIPE
 * reads     the peer reads after 100 ms, and all arrives
 * own       as reads; then it shuts its end down, writes all the same, and is told EPIPE
 * given_up sends|receives|again|reads|own
 * links: threads
 */
#include "peer.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>

static char bytes[2000000];

static const char *word(int error)
{
	return error == ETIMEDOUT ? "ETIMEDOUT" : error == EPIPE ? "EPIPE" : "another error";
}

static void send_all(int fd)
{
	size_t sent = 0;

	while (sent < sizeof(bytes)) {
		ssize_t took = send(fd, bytes + sent, sizeof(bytes) - sent, MSG_NOSIGNAL);

		if (took < 0) {
			printf("send: %s\n", word(errno));
			return;
		}
		sent += (size_t)took;
	}
	printf("sent %zu\n", sent);
}

static void receive(int fd)
{
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	char byte;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (send(fd, bytes, sizeof(bytes), MSG_NOSIGNAL) > 0)
		;
	poll(&wait, 1, 20000);
	if (recv(fd, &byte, 1, 0) < 0)
		printf("recv: %s\n", word(errno));
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "sends";
	int own = strcmp(how, "own") == 0, reads = own || strcmp(how, "reads") == 0;
	int timeout_ms = 400, fd;
	struct peer peer = {.reads_after_ms = reads ? 100 : 3000};

	peer_start(&peer, 16384);
	fd = peer_connect(&peer, 65536);
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout_ms, sizeof(timeout_ms));
	if (strcmp(how, "receives") == 0)
		receive(fd);
	else
		send_all(fd);
	if (own)
		shutdown(fd, SHUT_WR);
	if ((own || strcmp(how, "again") == 0) && send(fd, bytes, 1, MSG_NOSIGNAL) < 0)
		printf("again: %s\n", word(errno));
	close(fd);
	if (reads) {
		peer_wait(&peer);
		printf("received %zu\n", peer.received_bytes);
	}
	return 0;
}
