/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forks_in_handler.c - a signal handler forks, and the child comes back into
 * the send that was interrupted, sends on, and leaves.
 *
 * Some thousand times; a child that a signal kills is counted.
 * links: threads
 */
#define _GNU_SOURCE
#include "peer.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#define CHILDREN 2000

static volatile sig_atomic_t is_child;
static volatile sig_atomic_t forks;
static volatile pid_t children[CHILDREN];

static void on_alarm(int number)
{
	int saved = errno;

	(void)number;
	if (!is_child && forks < CHILDREN) {
		pid_t child = fork();

		if (child == 0)
			is_child = 1;
		else if (child > 0)
			children[forks++] = child;
	}
	errno = saved;
}

static int killed_children(void)
{
	int killed = 0;

	for (int i = 0; i < forks; i++) {
		int status = 0;

		if (waitpid(children[i], &status, 0) != children[i] || status != 0)
			killed++;
	}
	return killed;
}

int main(void)
{
	struct itimerval often = {{0, 1000}, {0, 1000}}, never = {{0, 0}, {0, 0}};
	struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
	time_t until = time(NULL) + 30;
	struct peer peer = {0};
	sigset_t alarms;
	int connection;

	/* The thread that sends is to take the signals, not the peer's. */
	sigemptyset(&alarms);
	sigaddset(&alarms, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &alarms, NULL);
	peer_start(&peer, 0);
	pthread_sigmask(SIG_UNBLOCK, &alarms, NULL);
	connection = peer_connect(&peer, 0);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	while (forks < CHILDREN && time(NULL) < until) {
		send(connection, "0123456789", 10, MSG_NOSIGNAL);
		if (is_child) {
			send(connection, "!", 1, MSG_NOSIGNAL);
			_exit(0);
		}
	}
	setitimer(ITIMER_REAL, &never, NULL);
	close(connection);
	printf("children killed: %d\n", killed_children());
	printf("forked: %s\n", forks > 100 ? "yes" : "no");
	peer_wait(&peer);
	return 0;
}
