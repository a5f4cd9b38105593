/* SPDX-License-Identifier: Apache-2.0 */
/*
 * threads_send.c - four threads send 20,000 times 64 bytes each on one connection, and
 * signals interrupt them to send on it 50 times more.
 *
 * links: threads
 */
#include "peer.h"
#include <signal.h>
#include <stdatomic.h>
#include <sys/time.h>

#define THREADS 4
#define SENDS 20000
#define INTERRUPTS 50

static int connection;
static atomic_int interrupts;
static char bytes[64];

static void on_alarm(int number)
{
	(void)number;
	if (atomic_fetch_add(&interrupts, 1) < INTERRUPTS &&
	    send(connection, bytes, sizeof(bytes), MSG_NOSIGNAL) != (ssize_t)sizeof(bytes))
		_exit(3);
}

static void *send_many(void *argument)
{
	(void)argument;
	for (int i = 0; i < SENDS; i++)
		if (send(connection, bytes, sizeof(bytes), MSG_NOSIGNAL) !=
		    (ssize_t)sizeof(bytes))
			exit(3);
	return NULL;
}

int main(void)
{
	struct peer peer = {.reads_after_ms = 0};
	struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
	struct itimerval often = {{0, 1000}, {0, 1000}}, never = {{0, 0}, {0, 0}};
	pthread_t threads[THREADS];
	sigset_t alarms, before;

	peer_start(&peer, 0);
	connection = peer_connect(&peer, 0);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	/* The main thread takes none, so that a sending one is interrupted. */
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, send_many, NULL) != 0)
			return 2;
	sigemptyset(&alarms);
	sigaddset(&alarms, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &alarms, &before);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	setitimer(ITIMER_REAL, &never, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	while (atomic_load(&interrupts) < INTERRUPTS)
		raise(SIGALRM);
	shutdown(connection, SHUT_WR);
	peer_wait(&peer);
	close(connection);
	printf("arrived %zu\n", peer.received_bytes);
	return 0;
}
