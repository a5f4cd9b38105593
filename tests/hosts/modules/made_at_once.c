/* SPDX-License-Identifier: Apache-2.0 */
/*
 * made_at_once.c - many threads make their first handle at once.
 *
 * LIBRARY is a client that has nothing but handles. Whoever asks for its version waits until
 * all the threads ask, or have been told that there is no such function as they called; so
 * that nobody is first. Built by the test that uses it.
 */
#include <stdio.h>
#include <unistd.h>

#define THREADS 32

extern int made_asking, made_failed;
void *rd_kafka_new(int type, void *conf, char *why, size_t bytes);
int rd_kafka_version(void);

#ifdef LIBRARY
int made_asking, made_failed;

void *rd_kafka_new(int type, void *conf, char *why, size_t bytes)
{
	(void)type, (void)conf, (void)why, (void)bytes;
	return &made_asking;
}

int rd_kafka_version(void)
{
	__atomic_fetch_add(&made_asking, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&made_asking, __ATOMIC_SEQ_CST) +
		       __atomic_load_n(&made_failed, __ATOMIC_SEQ_CST) <
	       THREADS)
		usleep(1000);
	return 0x020800ff;
}
#else
#include <pthread.h>

#define CONSUMER 1

static void *make(void *unused)
{
	char why[256];

	(void)unused;
	if (!rd_kafka_new(CONSUMER, NULL, why, sizeof(why)))
		__atomic_fetch_add(&made_failed, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

int main(void)
{
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, make, NULL))
			return 2;
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	printf("%d of %d were not made\n", made_failed, THREADS);
	return 0;
}
#endif
