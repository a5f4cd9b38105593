/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deep_callers.c - two lines produce by way of the same twelve functions, and it flushes.
 *
 * deep_callers [BOOTSTRAP]
 * links: rdkafka
 */
#include "host.h"

#define LEVELS 12

static rd_kafka_topic_t *topic;
static volatile int orders_sent = 5, audits_sent = 2; /* no loop is to be unrolled */
static volatile int refused; /* counted behind each call, so that it is none at the end */

static __attribute__((noinline)) void append(int level, int number)
{
	if (level > 1)
		append(level - 1, number);
	else if (rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &number,
				  sizeof(number), NULL, 0, NULL) != 0)
		refused++;
	refused += 0;
}

static __attribute__((noinline)) void orders(void)
{
	for (int i = 0; i < orders_sent; i++)
		append(LEVELS, i);
	refused += 0;
}

static __attribute__((noinline)) void audit(void)
{
	for (int i = 0; i < audits_sent; i++)
		append(LEVELS, i);
	refused += 0;
}

int main(int argc, char **argv)
{
	rd_kafka_t *producer = host_producer(host_conf(host_bootstrap(argc, argv)));

	topic = host_topic(producer);
	orders();
	audit();
	printf("refused: %d\n", refused);
	return rd_kafka_flush(producer, 30000) != 0;
}
