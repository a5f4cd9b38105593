/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cancels.c - threads that are cancelled while they send, wait and receive, 300 times.
 *
 * All on one connection to a peer that reads slowly, so that they are caught
 * inside the calls. Then main sends by itself, in peace.
 * links: threads
 */
#define _GNU_SOURCE
#include "peer.h"
#include <poll.h>

#define TIMES 300

static int connection;
static volatile int cleaned;

static void clean(void *unused)
{
	(void)unused;
	cleaned++;
}

static void *work(void *number)
{
	static char bytes[20000];
	struct pollfd polled = {.fd = connection, .events = POLLIN};
	long way = (long)number % 3;

	pthread_cleanup_push(clean, NULL);
	for (;;) {
		if (way == 0)
			send(connection, bytes, sizeof(bytes), MSG_NOSIGNAL);
		else if (way == 1)
			poll(&polled, 1, 1000);
		else
			recv(connection, bytes, sizeof(bytes), 0);
	}
	pthread_cleanup_pop(1);
	return NULL;
}

int main(void)
{
	static char last[1000];
	struct peer peer = {0};

	peer_start(&peer, 16384);
	connection = peer_connect(&peer, 16384);
	for (long i = 0; i < TIMES; i++) {
		pthread_t thread;
		void *result;

		pthread_create(&thread, NULL, work, (void *)i);
		usleep((useconds_t)(i % 7) * 300);
		pthread_cancel(thread);
		pthread_join(thread, &result);
		if (result != PTHREAD_CANCELED)
			printf("thread %ld was not cancelled\n", i);
	}
	printf("cleaned up: %d\n", cleaned);
	printf("sent %zd\n", send(connection, last, sizeof(last), MSG_NOSIGNAL));
	close(connection);
	peer_wait(&peer);
	printf("some arrived: %s\n", peer.received_bytes > sizeof(last) ? "yes" : "no");
	return 0;
}
