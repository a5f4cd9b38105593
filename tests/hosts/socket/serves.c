/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serves.c - a server: what it sends goes out on connections that it accepted.
 *
 * Four clients, in the same process, one after another; each gets 100,000 bytes
 * and closes. accept() for half of them, accept4() for the others.
 * links: threads
 */
#define _GNU_SOURCE
#include "peer.h"

#define CLIENTS 4
#define BYTES 100000

static struct peer server;

static void *clients_read(void *unused)
{
	static char room[65536];

	for (int i = 0; i < CLIENTS; i++) {
		int fd = peer_connect(&server, 0);
		ssize_t got;
		size_t received = 0;

		while ((got = recv(fd, room, sizeof(room), 0)) > 0)
			received += (size_t)got;
		printf("client %d received %zu\n", i, received);
		close(fd);
	}
	return unused;
}

int main(void)
{
	static char bytes[BYTES];
	pthread_t thread;

	peer_listen(&server, 0);
	pthread_create(&thread, NULL, clients_read, NULL);
	for (int i = 0; i < CLIENTS; i++) {
		int fd = i % 2 ? accept4(server.listener, NULL, NULL, SOCK_CLOEXEC)
			       : accept(server.listener, NULL, NULL);

		if (send(fd, bytes, sizeof(bytes), MSG_NOSIGNAL) != (ssize_t)sizeof(bytes))
			perror("send");
		close(fd);
	}
	pthread_join(thread, NULL);
	return 0;
}
