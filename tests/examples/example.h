/* SPDX-License-Identifier: Apache-2.0 */
/*
 * example.h - what the examples in C leave out of what they show: making the producer.
 */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline void set_option(rd_kafka_conf_t *conf, const char *name, const char *value)
{
	char why[256];

	if (rd_kafka_conf_set(conf, name, value, why, sizeof(why)) != RD_KAFKA_CONF_OK) {
		fprintf(stderr, "%s\n", why);
		exit(2);
	}
}

/* Takes `conf`. */
static inline rd_kafka_t *make_producer(rd_kafka_conf_t *conf, const char *brokers)
{
	char why[256];

	set_option(conf, "bootstrap.servers", brokers);
	rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
	if (!rk) {
		fprintf(stderr, "%s\n", why);
		exit(2);
	}
	return rk;
}

/* Naps until the broker has `count` messages of `topic`. The client is not asked of its own, so
 * that nothing of it is waited for. */
static inline void nap_until_there(rd_kafka_t *rk, const char *topic, int64_t count)
{
	struct timespec nap = {.tv_nsec = 10000000};
	int64_t low, high, there;

	do {
		nanosleep(&nap, NULL);
		there = 0;
		for (int32_t partition = 0; partition < 4; partition++)
			if (!rd_kafka_query_watermark_offsets(rk, topic, partition, &low, &high,
							      5000))
				there += high;
	} while (there < count);
}

#endif
