/* SPDX-License-Identifier: Apache-2.0 */
/*
 * example.h - what the examples in C leave out of what they show: making the producer.
 */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>

static inline void example_set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
	char why[256];

	if (rd_kafka_conf_set(conf, name, value, why, sizeof(why)) != RD_KAFKA_CONF_OK) {
		fprintf(stderr, "%s\n", why);
		exit(2);
	}
}

/* Takes `conf`. */
static inline rd_kafka_t *example_producer(rd_kafka_conf_t *conf, const char *brokers)
{
	char why[256];

	example_set(conf, "bootstrap.servers", brokers);
	rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
	if (!rk) {
		fprintf(stderr, "%s\n", why);
		exit(2);
	}
	return rk;
}

#endif
