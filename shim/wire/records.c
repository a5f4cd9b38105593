/* SPDX-License-Identifier: Apache-2.0 */
/*
 * records.c - how many records a record set holds.
 *
 * Batches follow one another: offset 8, length 4, then 4 bytes (leader epoch
 * or checksum) and the magic. Magic 2 has its record count at byte 57, not
 * compressed even if the records are. Magic 0 and 1 are single messages, each
 * of which counts as one; a compressed one contains an unknown number of
 * others: such a request is `uncounted`, never 0.
 */
#include "wire/records.h"

#include "wire/cursor.h"

enum batch_step {
	STEP_OFFSET_PASSED = STEP_BATCH,
	STEP_BATCH_LENGTH,
	STEP_MAGIC,
	STEP_ATTRIBUTES_AHEAD,
	STEP_RECORD_COUNT,
	STEP_MESSAGE_ATTRIBUTES,
	STEP_BATCH_END,
};

#define BATCH_PREFIX 12	      /* offset and length field */
#define BATCH_AFTER_LENGTH 5  /* epoch or checksum, magic */
#define BATCH_BEFORE_COUNT 40 /* checksum to base sequence */
#define BATCH_LENGTH_LEAST 49
#define MESSAGE_LENGTH_LEAST 14
#define CODEC_MASK 7

static bool next_batch(struct wire *wire, struct wire_cursor *cursor)
{
	if (wire->set_left == 0)
		return wire_go(cursor, wire->after_set);
	if (wire->set_left < BATCH_PREFIX + MESSAGE_LENGTH_LEAST)
		return false;
	return wire_skip(cursor, 8, STEP_OFFSET_PASSED);
}

bool wire_batches(struct wire_step *step, uint32_t bytes, uint8_t after)
{
	step->wire->set_left = bytes;
	step->wire->after_set = after;
	return next_batch(step->wire, &step->wire->sent);
}

static bool batch_length(struct wire *wire, struct wire_cursor *cursor)
{
	int64_t length = (int32_t)cursor->value;
	if (length < MESSAGE_LENGTH_LEAST || length > (int64_t)wire->set_left - BATCH_PREFIX)
		return false;
	wire->set_left -= BATCH_PREFIX + (uint32_t)length;
	wire->batch_left = (uint32_t)length - BATCH_AFTER_LENGTH;
	return wire_number(cursor, BATCH_AFTER_LENGTH, STEP_MAGIC);
}

static bool magic(struct wire *wire, struct wire_cursor *cursor)
{
	switch (cursor->value & 0xff) {
	case 0:
	case 1:
		wire->batch_left--;
		return wire_number(cursor, 1, STEP_MESSAGE_ATTRIBUTES);
	case 2:
		if (wire->batch_left < BATCH_LENGTH_LEAST - BATCH_AFTER_LENGTH)
			return false;
		wire->batch_left -= BATCH_BEFORE_COUNT + 4;
		return wire_skip(cursor, BATCH_BEFORE_COUNT, STEP_ATTRIBUTES_AHEAD);
	default: /* newer than all published versions */
		wire->uncounted = 1;
		return wire_skip(cursor, wire->batch_left, STEP_BATCH_END);
	}
}

static bool count(struct wire *wire, struct wire_cursor *cursor, int32_t records)
{
	if (records < 0 || __builtin_add_overflow(wire->records, records, &wire->records))
		return false;
	return wire_skip(cursor, wire->batch_left, STEP_BATCH_END);
}

static bool message_attributes(struct wire *wire, struct wire_cursor *cursor)
{
	bool compressed = cursor->value & CODEC_MASK;
	if (compressed)
		wire->uncounted = 1;
	return count(wire, cursor, compressed ? 0 : 1);
}

bool wire_batch_step(struct wire_step *step)
{
	struct wire *wire = step->wire;
	struct wire_cursor *cursor = &wire->sent;
	switch (cursor->step) {
	case STEP_OFFSET_PASSED:
		return wire_number(cursor, 4, STEP_BATCH_LENGTH);
	case STEP_BATCH_LENGTH:
		return batch_length(wire, cursor);
	case STEP_MAGIC:
		return magic(wire, cursor);
	case STEP_ATTRIBUTES_AHEAD:
		return wire_number(cursor, 4, STEP_RECORD_COUNT);
	case STEP_RECORD_COUNT:
		return count(wire, cursor, (int32_t)cursor->value);
	case STEP_MESSAGE_ATTRIBUTES:
		return message_attributes(wire, cursor);
	default:
		return next_batch(wire, cursor);
	}
}
