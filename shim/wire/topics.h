/* SPDX-License-Identifier: Apache-2.0 */
/*
 * topics.h - topics and their partitions, as a Produce request and its answer list them.
 *
 * ProduceRequest and ProduceResponse v0-v13: an array of topics, of each its name and an array
 * of partitions. Versions differ for both in the same way: v9 makes lengths compact and adds
 * tagged fields, v13 names topics by a 16-byte id. request.c and response.c read the fields of
 * a partition and those before and after the topics.
 */
#ifndef UNFLUSHED_WIRE_TOPICS_H
#define UNFLUSHED_WIRE_TOPICS_H

#include "wire/cursor.h"

#define WIRE_PRODUCE_NEWEST 13
#define WIRE_PRODUCE_FLEXIBLE 9
#define WIRE_PRODUCE_TOPIC_IDS 13

/* The steps of a direction that are called for topics and partitions. */
struct wire_topics {
	int16_t version;
	uint8_t partition; /* the step before a partition's first field */
	uint8_t end;	   /* the step after the last topic */
};

static inline bool wire_is_topics_step(uint8_t step)
{
	return step >= STEP_TOPIC && step <= STEP_PARTITION;
}

/* Runs the steps from STEP_TOPIC on, where cursor->topics topics follow, to STEP_PARTITION, to
 * which the last step of a partition returns. */
bool wire_topics_step(struct wire_cursor *cursor, const struct wire_topics *topics);

#endif
