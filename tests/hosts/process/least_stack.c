/* SPDX-License-Identifier: Apache-2.0 */
/*
 * least_stack.c - a thread with the least stack that POSIX allows writes a line: stdio
 * takes 8 KiB of it for a buffer.
 * links: threads
 */
#define _GNU_SOURCE
#include <limits.h>
#include <pthread.h>
#include <stdio.h>

static void *speak(void *unused)
{
	fprintf(stderr, "still here\n");
	return unused;
}

int main(void)
{
	pthread_attr_t least;
	pthread_t thread;

	pthread_attr_init(&least);
	if (pthread_attr_setstacksize(&least, PTHREAD_STACK_MIN) ||
	    pthread_create(&thread, &least, speak, NULL))
		return 1;
	pthread_join(thread, NULL);
	return 0;
}
