/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host.h - what the producers in this folder have in common: making a
 * handle, as any program does. They know nothing of who watches them.
 * The calls that produce stand in each host itself: their lines are what a
 * report names.
 */
#ifndef HOST_H
#define HOST_H

#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HOST_TOPIC "stories"

/* Where the broker is: the first argument, or the address compiled in. */
static inline const char *host_bootstrap(int argc, char **argv)
{
	return argc > 1 ? argv[1] : "localhost:9092";
}

static inline int host_number(int argc, char **argv, int index, int otherwise)
{
	return argc > index ? atoi(argv[index]) : otherwise;
}

static inline void host_set(rd_kafka_conf_t *conf, const char *key, const char *value)
{
	char why[256];

	if (rd_kafka_conf_set(conf, key, value, why, sizeof(why)) != RD_KAFKA_CONF_OK) {
		fprintf(stderr, "configuration: %s\n", why);
		exit(2);
	}
}

static inline rd_kafka_conf_t *host_conf(const char *bootstrap)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();

	host_set(conf, "bootstrap.servers", bootstrap);
	return conf;
}

static inline rd_kafka_t *host_producer(rd_kafka_conf_t *conf)
{
	char why[256];
	rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));

	if (!rk) {
		fprintf(stderr, "producer: %s\n", why);
		exit(2);
	}
	return rk;
}

static inline rd_kafka_topic_t *host_topic(rd_kafka_t *rk)
{
	return rd_kafka_topic_new(rk, HOST_TOPIC, NULL);
}

static int host_failures;

static inline void host_log(const rd_kafka_t *rk, int level, const char *facility,
			    const char *text)
{
	rd_kafka_log_print(rk, level, facility, text);
	if (strstr(text, "Connect to "))
		__atomic_fetch_add(&host_failures, 1, __ATOMIC_RELEASE);
}

/* For host_nap_failure(): the client logs that it could not connect. */
static inline void host_hears_failures(rd_kafka_conf_t *conf)
{
	rd_kafka_conf_set_log_cb(conf, host_log);
}

/* Naps until a connect has failed: on a busy machine no time is long enough. */
static inline void host_nap_failure(void)
{
	while (!__atomic_load_n(&host_failures, __ATOMIC_ACQUIRE))
		usleep(1000);
}

/* Naps until the broker says that it has them all, and so has answered, too: on a
 * busy machine no time is long enough. Of its own messages the client is not asked. */
static inline void host_nap(rd_kafka_t *rk, int64_t count)
{
	int64_t low, high, there;

	do {
		usleep(10000);
		there = 0;
		for (int32_t partition = 0; partition < 4; partition++)
			if (!rd_kafka_query_watermark_offsets(rk, HOST_TOPIC, partition, &low,
							      &high, 5000))
				there += high;
	} while (there < count);
}

#endif
