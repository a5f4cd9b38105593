/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_post.c - posts an image over HTTP: a connection that is no Kafka.
 *
 * links: threads
 */
#include "peer.h"

int main(void)
{
	static char image[1000000];
	struct peer peer = {.reads_after_ms = 100};
	char head[128];
	size_t sent = 0;
	int fd;

	peer_start(&peer, 16384);
	fd = peer_connect(&peer, 131072);
	snprintf(head, sizeof(head),
		 "POST /images HTTP/1.1\r\nHost: localhost\r\nContent-Length: %zu\r\n\r\n",
		 sizeof(image));
	send(fd, head, strlen(head), MSG_NOSIGNAL);
	while (sent < sizeof(image)) {
		ssize_t took = write(fd, image + sent, sizeof(image) - sent);

		if (took <= 0)
			return 1;
		sent += (size_t)took;
	}
	shutdown(fd, SHUT_WR);
	close(fd);
	peer_wait(&peer);
	printf("received %zu\n", peer.received_bytes - strlen(head));
	return 0;
}
