/* SPDX-License-Identifier: Apache-2.0 */
/*
 * places.h - lines of code that produce, for benchmarks: each function is one.
 *
 * A message is copied, has no key, and goes to the topic, partition and size that are set
 * here beforehand.
 */
#ifndef BENCH_PLACES_H
#define BENCH_PLACES_H

#include <librdkafka/rdkafka.h>

static struct {
	rd_kafka_topic_t *topic;
	int32_t partition;
	size_t bytes;
} place;

#define PLACE(number)                                                                          \
	static int place_##number(void *message)                                               \
	{                                                                                      \
		return rd_kafka_produce(place.topic, place.partition, RD_KAFKA_MSG_F_COPY,     \
					message, place.bytes, NULL, 0, NULL);                  \
	}
#define PLACE_NAME(number) place_##number,
/* clang-format off */
#define PLACES_8(_, eight) \
	_(eight##0) _(eight##1) _(eight##2) _(eight##3) \
	_(eight##4) _(eight##5) _(eight##6) _(eight##7)
#define PLACES(_) \
	PLACES_8(_, 0) PLACES_8(_, 1) PLACES_8(_, 2) PLACES_8(_, 3) \
	PLACES_8(_, 4) PLACES_8(_, 5) PLACES_8(_, 6) PLACES_8(_, 7)
/* clang-format on */
PLACES(PLACE)

/* 0, or -1 with the error in rd_kafka_last_error(). */
static int (*const place_produce[64])(void *message) = {PLACES(PLACE_NAME)};

#endif
