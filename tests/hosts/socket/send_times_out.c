/* SPDX-License-Identifier: Apache-2.0 */
/*
 * send_times_out.c - blocking sends with SO_SNDTIMEO, to a peer that reads late.
 *
 * forgets   takes what send returned for all of it, and closes
 * goes_on   sends the rest, as often as it takes
 * refused   goes on with small ones until one is told EAGAIN
 * in_time   the peer reads before the time is over
 * send_times_out forgets|goes_on|refused|in_time
 * links: threads
 */
#include "peer.h"
#include <errno.h>
#include <sys/time.h>

#define BYTES 2000000

static char bytes[BYTES];

static size_t send_all(int fd)
{
	size_t sent = 0;

	while (sent < BYTES) {
		ssize_t took = send(fd, bytes + sent, BYTES - sent, MSG_NOSIGNAL);

		if (took > 0)
			sent += (size_t)took;
		else if (errno != EAGAIN)
			break;
	}
	return sent;
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "forgets";
	int in_time = strcmp(how, "in_time") == 0;
	struct timeval timeout = {.tv_sec = in_time ? 20 : 0, .tv_usec = 200000};
	struct peer peer = {.reads_after_ms = in_time ? 300 : 1500};
	ssize_t sent;
	int fd;

	peer_start(&peer, 16384);
	fd = peer_connect(&peer, 65536);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	if (strcmp(how, "goes_on") == 0 || in_time) {
		printf("sent %zu\n", send_all(fd));
	} else {
		sent = send(fd, bytes, BYTES, MSG_NOSIGNAL);
		printf("%s\n", sent > 0 && sent < BYTES ? "some" : "not some");
		while (strcmp(how, "refused") == 0 && sent > 0)
			sent = send(fd, bytes, 1000, MSG_NOSIGNAL);
		if (sent < 0)
			printf("%s\n", errno == EAGAIN ? "EAGAIN" : "not EAGAIN");
	}
	close(fd);
	peer_wait(&peer);
	return 0;
}
