/* SPDX-License-Identifier: Apache-2.0 */
/*
 * produce.c - nanoseconds per rd_kafka_produce, and nothing but that.
 *
 * Messages into a queue that holds them all, while nobody listens at the
 * broker's address: the message path alone, no network. Prints one number:
 * elapsed time by messages of one thread. DEPTH calls lie between a thread's
 * start and its loop, which calls from PLACES lines (at most 64) in turns. With REFUSED
 * a message was refused before: 1 of other lengths, 2 of the same.
 * produce [COUNT [BYTES [THREADS [DEPTH [PLACES [REFUSED]]]]]]
 * links: rdkafka threads
 */
#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "places.h"

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static rd_kafka_t *producer(void)
{
	static const char *const settings[][2] = {
		{"bootstrap.servers", "127.0.0.1:1"},
		{"queue.buffering.max.messages", "10000000"},
		{"queue.buffering.max.kbytes", "2000000000"},
		{"message.timeout.ms", "0"},
		{"log_level", "0"},
	};
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char why[256];

	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++)
		if (rd_kafka_conf_set(conf, settings[i][0], settings[i][1], why, sizeof(why))) {
			/* Releases differ in what they allow: the largest they do is enough. */
			if (strstr(settings[i][0], "kbytes"))
				rd_kafka_conf_set(conf, settings[i][0], "2097151", why,
						  sizeof(why));
			else
				exit(2);
		}
	return rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
}

static pthread_barrier_t start;
static int count, depth, places;

static void produce_all(void)
{
	char *message = malloc(place.bytes);

	if (!message)
		exit(2);
	memset(message, 'm', place.bytes);
	pthread_barrier_wait(&start);
	for (int i = 0, next = 0; i < count; i++, next = next + 1 < places ? next + 1 : 0)
		if (place_produce[next](message)) {
			fprintf(stderr, "refused after %d\n", i);
			exit(1);
		}
	free(message);
}

static __attribute__((noinline)) void *go_down(void *levels)
{
	int left = *(int *)levels - 1;

	if (left < 0)
		produce_all();
	else
		go_down(&left);
	return levels; /* or the call above would be a jump */
}

/* For its headers, so that it can be of any size itself; and never offered again. */
static void refuse_one(rd_kafka_t *rk, int size)
{
	static char header[2 << 20];
	char *message = calloc(1, (size_t)size);

	if (!message ||
	    !rd_kafka_producev(rk, RD_KAFKA_V_RKT(place.topic),
			       RD_KAFKA_V_VALUE(message, (size_t)size),
			       RD_KAFKA_V_HEADER("large", header, sizeof(header)),
			       RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END)) {
		fprintf(stderr, "nothing was refused\n");
		exit(1);
	}
	free(message);
}

int main(int argc, char **argv)
{
	int threads = argc > 3 ? atoi(argv[3]) : 1;
	pthread_t *thread = calloc((size_t)threads, sizeof(*thread));
	double began;

	count = argc > 1 ? atoi(argv[1]) : 2000000;
	int bytes = argc > 2 ? atoi(argv[2]) : 100;
	depth = argc > 4 ? atoi(argv[4]) : 0;
	places = argc > 5 ? atoi(argv[5]) : 1;
	rd_kafka_t *rk = producer();

	place.topic = rd_kafka_topic_new(rk, "bench", NULL);
	place.partition = RD_KAFKA_PARTITION_UA;
	place.bytes = (size_t)bytes;
	if (argc > 6 && atoi(argv[6]))
		refuse_one(rk, atoi(argv[6]) == 1 ? bytes + 1 : bytes);
	if (!thread || !place.topic ||
	    pthread_barrier_init(&start, NULL, (unsigned)threads + 1))
		return 2;
	for (int i = 0; i < threads; i++)
		if (pthread_create(&thread[i], NULL, go_down, &depth))
			return 2;
	pthread_barrier_wait(&start);
	began = now_ns();
	for (int i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	printf("%.1f\n", (now_ns() - began) / count);
	fflush(stdout);
	_Exit(0); /* freeing what was queued is not what is measured */
}
