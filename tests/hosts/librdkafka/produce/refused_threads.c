/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refused_threads.c - 60 threads put 50 messages each into a queue of 100; what is refused
 * each keeps, and produces again later, the newest first.
 *
 * refused_threads [BOOTSTRAP [HOW]]
 * HOW: each, no two messages are equal; same, all are; batches, each in batches of 10.
 * links: rdkafka threads
 */
#include "host.h"
#include <pthread.h>
#include <string.h>

enum { THREADS = 60, EACH = 50, BATCH = 10, BYTES = 32 };

static rd_kafka_t *rk;
static rd_kafka_topic_t *orders;
static const char *how = "each";

/* Offers them all; moves those that were refused to the front, and returns how many. */
static int put(rd_kafka_message_t *messages, int count)
{
	int refused = 0;

	if (strcmp(how, "batches") == 0)
		for (int i = 0; i < count; i += BATCH)
			rd_kafka_produce_batch(orders, RD_KAFKA_PARTITION_UA,
					       RD_KAFKA_MSG_F_COPY, &messages[i],
					       count - i < BATCH ? count - i : BATCH);
	else
		for (int i = count; i-- > 0;)
			messages[i].err =
				rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA,
						 RD_KAFKA_MSG_F_COPY, messages[i].payload,
						 BYTES, NULL, 0, NULL)
					? RD_KAFKA_RESP_ERR__QUEUE_FULL
					: RD_KAFKA_RESP_ERR_NO_ERROR;
	for (int i = 0; i < count; i++)
		if (messages[i].err)
			messages[refused++] = messages[i];
	return refused;
}

static void *produce(void *number)
{
	rd_kafka_message_t messages[EACH];
	static char texts[THREADS][EACH][BYTES];
	int me = *(int *)number, left = EACH;

	memset(messages, 0, sizeof(messages));
	for (int i = 0; i < EACH; i++) {
		snprintf(texts[me][i], BYTES, "order %d of %d", i, me);
		if (strcmp(how, "same") == 0)
			strcpy(texts[me][i], "heartbeat");
		messages[i].payload = texts[me][i];
		messages[i].len = BYTES;
	}
	while ((left = put(messages, left)))
		rd_kafka_poll(rk, 5);
	return NULL;
}

int main(int argc, char **argv)
{
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));
	pthread_t threads[THREADS];
	static int numbers[THREADS];

	how = argc > 2 ? argv[2] : how;
	host_set(conf, "queue.buffering.max.messages", "100");
	host_set(conf, "linger.ms", "1");
	rk = host_producer(conf);
	orders = host_topic(rk);
	for (int i = 0; i < THREADS; i++) {
		numbers[i] = i;
		if (pthread_create(&threads[i], NULL, produce, &numbers[i]))
			return 2;
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
	return 0;
}
