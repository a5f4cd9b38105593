/* SPDX-License-Identifier: Apache-2.0 */
/*
 * topics.c - see topics.h.
 */
#include "wire/topics.h"

#define TOPIC_ID_BYTES 16

static bool topic(struct wire_cursor *cursor, const struct wire_topics *topics, bool flexible)
{
	if (cursor->topics == 0)
		return wire_go(cursor, topics->end);
	cursor->topics--;
	if (topics->version >= WIRE_PRODUCE_TOPIC_IDS)
		return wire_skip(cursor, TOPIC_ID_BYTES, STEP_TOPIC_NAMED);
	return wire_length(cursor, flexible, 2, STEP_TOPIC_NAME);
}

static bool partition(struct wire_cursor *cursor, const struct wire_topics *topics,
		      bool flexible)
{
	if (cursor->partitions == 0)
		return wire_tags(cursor, flexible, STEP_TOPIC);
	cursor->partitions--;
	return wire_go(cursor, topics->partition);
}

bool wire_topics_step(struct wire_cursor *cursor, const struct wire_topics *topics)
{
	bool flexible = topics->version >= WIRE_PRODUCE_FLEXIBLE;

	switch (cursor->step) {
	case STEP_TOPIC:
		return topic(cursor, topics, flexible);
	case STEP_TOPIC_NAME:
		return wire_skip_text(cursor, flexible, STEP_TOPIC_NAMED);
	case STEP_TOPIC_NAMED:
		return wire_length(cursor, flexible, 4, STEP_PARTITIONS);
	case STEP_PARTITIONS:
		return wire_count_is(cursor, flexible, &cursor->partitions) &&
		       wire_go(cursor, STEP_PARTITION);
	default:
		return partition(cursor, topics, flexible);
	}
}
