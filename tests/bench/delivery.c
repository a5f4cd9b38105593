/* SPDX-License-Identifier: Apache-2.0 */
/*
 * delivery.c - what a message costs all the way: produced, delivered, flushed.
 *
 * A broker in another process answers. One message goes first, so that the connection is
 * there; then all the others to one partition, as fast as the client takes them, from PLACES
 * lines (at most 64) in turns. Prints three numbers, nanoseconds by messages: until the last
 * is produced, until flush has returned, and the processor time of the process until then.
 * delivery BROKER [COUNT [BYTES [PLACES [NAME=VALUE...]]]]	settings of librdkafka's;
 *						forget=1: it ends without waiting for them
 * links: rdkafka
 */
#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "places.h"

static double clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static bool forgets;

static void set(rd_kafka_conf_t *conf, char *setting)
{
	char *value = strchr(setting, '='), why[256];

	if (value)
		*value++ = '\0';
	if (strcmp(setting, "forget") == 0)
		forgets = true;
	else if (!value || rd_kafka_conf_set(conf, setting, value, why, sizeof(why)))
		exit(2);
}

static int take_statistics(rd_kafka_t *rk, char *json, size_t bytes, void *opaque)
{
	(void)rk, (void)opaque;
	fprintf(stderr, "%.*s\n", (int)bytes, json);
	return 0;
}

static rd_kafka_t *producer(const char *broker, char **more)
{
	const char *const settings[][2] = {
		{"bootstrap.servers", broker},
		{"queue.buffering.max.messages", "10000000"},
		{"queue.buffering.max.kbytes", "2097151"},
		{"log_level", "0"},
	};
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char why[256];

	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++)
		if (rd_kafka_conf_set(conf, settings[i][0], settings[i][1], why, sizeof(why)))
			exit(2);
	for (; *more; more++)
		set(conf, *more);
	rd_kafka_conf_set_stats_cb(conf, take_statistics);
	return rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
}

static void produce(int count, int places, void *message)
{
	for (int i = 0, next = 0; i < count; i++, next = next + 1 < places ? next + 1 : 0)
		if (place_produce[next](message)) {
			fprintf(stderr, "refused after %d\n", i);
			exit(1);
		}
}

static void flush(rd_kafka_t *rk)
{
	if (rd_kafka_flush(rk, 60000)) {
		fprintf(stderr, "not delivered within 60 s\n");
		exit(1);
	}
}

/* What a message costs in nanoseconds: until it is produced, until flush has returned, and of
 * the processor. */
static void measure(rd_kafka_t *rk, int count, int places, void *message, double costs[3])
{
	double began = clock_ns(CLOCK_MONOTONIC), spent = clock_ns(CLOCK_PROCESS_CPUTIME_ID);

	produce(count, places, message);
	if (forgets && count > 1)
		exit(0);
	costs[0] = (clock_ns(CLOCK_MONOTONIC) - began) / count;
	flush(rk);
	costs[1] = (clock_ns(CLOCK_MONOTONIC) - began) / count;
	costs[2] = (clock_ns(CLOCK_PROCESS_CPUTIME_ID) - spent) / count;
}

int main(int argc, char **argv)
{
	int counts[] = {1, argc > 2 ? atoi(argv[2]) : 1000000};
	int places = argc > 4 ? atoi(argv[4]) : 1;
	rd_kafka_t *rk = argc > 1 ? producer(argv[1], argv + (argc > 5 ? 5 : argc)) : NULL;
	double costs[3];

	place.bytes = argc > 3 ? (size_t)atoi(argv[3]) : 100;
	void *message = calloc(1, place.bytes + 1);

	if (!rk || !message || counts[1] < 1 || places < 1 || places > 64)
		return 2;
	place.topic = rd_kafka_topic_new(rk, "bench", NULL);
	/* By one call, for the message that goes first would be another line's. */
	for (int i = 0; i < 2; i++)
		measure(rk, counts[i], places, message, costs);
	printf("%.1f %.1f %.1f\n", costs[0], costs[1], costs[2]);
	free(message);
	rd_kafka_topic_destroy(place.topic);
	rd_kafka_destroy(rk);
	return 0;
}
