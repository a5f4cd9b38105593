/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signals_send.c - a signal handler sends on the connection that main sends on.
 *
 * At about 1 kHz for half a second; errno is checked after every interrupted
 * stretch of work. No signal comes any more when it counts.
 * links: threads
 */
#define _GNU_SOURCE
#include "peer.h"
#include <errno.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>

static int connection;
static volatile sig_atomic_t from_handler;

static void on_alarm(int number)
{
	int saved = errno;

	(void)number;
	if (send(connection, "!", 1, MSG_NOSIGNAL) == 1)
		from_handler++;
	errno = saved;
}

int main(void)
{
	struct itimerval often = {{0, 1000}, {0, 1000}}, never = {{0, 0}, {0, 0}};
	struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
	struct timespec now, until;
	struct peer peer = {0};
	size_t sent = 0;
	int spoilt = 0;

	peer_start(&peer, 0);
	connection = peer_connect(&peer, 0);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec++;
	do {
		errno = 4711;
		/* A signal may come when it has taken a part. */
		ssize_t took = send(connection, "0123456789", 10, MSG_NOSIGNAL);

		if (took > 0)
			sent += (size_t)took;
		if (errno != 4711)
			spoilt++;
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < until.tv_sec || now.tv_nsec < until.tv_nsec);
	setitimer(ITIMER_REAL, &never, NULL);
	close(connection);
	peer_wait(&peer);
	printf("errno spoilt %d times\n", spoilt);
	printf("handler ran: %s\n", from_handler > 10 ? "yes" : "no");
	printf("all arrived: %s\n",
	       peer.received_bytes == sent + (size_t)from_handler ? "yes" : "no");
	return 0;
}
