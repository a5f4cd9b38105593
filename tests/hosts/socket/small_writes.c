/* SPDX-License-Identifier: Apache-2.0 */
/*
 * small_writes.c - header and body in a write each, and then the answer is awaited.
 *
 * With Nagle's algorithm on, the body waits for the acknowledgement of the
 * header, which the peer delays. "nodelay" turns it off, "together" writes
 * both at once, "cork" holds them together. "corked" does so and never lets go;
 * "late" lets go and corks at once for the next one, and the peer answers after 250 ms;
 * "leaves" closes right after what it holds.
 * small_writes nagle|nodelay|together|cork|corked|late|leaves
 * links: threads
 */
#include "peer.h"
#include <netinet/tcp.h>
#include <sys/uio.h>

#define ROUNDS 45
#define ROUNDS_SLOW 4 /* of 200 ms each */

static void *answer(void *argument)
{
	struct peer *peer = argument;
	int fd = accept(peer->listener, NULL, NULL);
	char bytes[104];

	while (recv(fd, bytes, sizeof(bytes), MSG_WAITALL) == sizeof(bytes)) {
		usleep((useconds_t)peer->reads_after_ms * 1000);
		send(fd, "", 1, MSG_NOSIGNAL);
	}
	close(fd);
	return NULL;
}

static void cork(int fd, int on)
{
	setsockopt(fd, IPPROTO_TCP, TCP_CORK, &on, sizeof(on));
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "nagle";
	char header[4] = {0}, body[100] = {0}, got;
	struct iovec both[] = {{header, sizeof(header)}, {body, sizeof(body)}};
	struct peer peer = {0};
	int fd, on = 1, rounds = 0, corked = strcmp(how, "corked") == 0;
	int late = strcmp(how, "late") == 0, leaves = strcmp(how, "leaves") == 0;

	if (late)
		peer.reads_after_ms = 250;
	peer_listen(&peer, 0);
	pthread_create(&peer.thread, NULL, answer, &peer);
	fd = peer_connect(&peer, 0);
	if (strcmp(how, "nodelay") == 0)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	for (; rounds < (corked || late ? ROUNDS_SLOW : ROUNDS); rounds++) {
		if (corked || late || leaves || strcmp(how, "cork") == 0)
			cork(fd, 1);
		if (strcmp(how, "together") == 0) {
			if (writev(fd, both, 2) != sizeof(header) + sizeof(body))
				break;
		} else if (write(fd, header, sizeof(header)) < 0 ||
			   write(fd, body, sizeof(body)) < 0) {
			break;
		}
		if (late || strcmp(how, "cork") == 0)
			cork(fd, 0);
		if (late)
			cork(fd, 1);
		if (leaves || recv(fd, &got, 1, 0) != 1)
			break;
	}
	printf("%d rounds\n", rounds);
	close(fd);
	peer_wait(&peer);
	return 0;
}
