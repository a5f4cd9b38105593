/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dies_blocked.c - sends to a peer that never reads, and is killed while it waits.
 *
 * "blocking": inside send(). "nonblocking": in poll() after EAGAIN. "idle": all that it
 * sends is taken at once. SIGKILL comes 400 ms later.
 * dies_blocked blocking|nonblocking|idle
 * links: threads
 */
#include "peer.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>

static void *kill_soon(void *argument)
{
	(void)argument;
	usleep(400000);
	kill(getpid(), SIGKILL);
	return NULL;
}

int main(int argc, char **argv)
{
	static char bytes[2000000];
	const char *mode = argc > 1 ? argv[1] : "blocking";
	struct peer peer = {.reads_after_ms = 60000};
	struct pollfd wait = {.events = POLLOUT};
	pthread_t killer;

	peer_start(&peer, 16384);
	wait.fd = peer_connect(&peer, 65536);
	if (strcmp(mode, "nonblocking") == 0)
		fcntl(wait.fd, F_SETFL, O_NONBLOCK);
	if (pthread_create(&killer, NULL, kill_soon, NULL) != 0)
		return 2;
	if (strcmp(mode, "idle") == 0)
		send(wait.fd, bytes, 1000, MSG_NOSIGNAL);
	else
		while (send(wait.fd, bytes, sizeof(bytes), MSG_NOSIGNAL) > 0 || errno == EAGAIN)
			poll(&wait, 1, 5000);
	pause();
	return 0;
}
