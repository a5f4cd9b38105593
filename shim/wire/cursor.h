/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cursor.h - reads the fields of a frame, which may arrive in pieces cut anywhere.
 *
 * A step of the decoder asks for one field (wire_number, wire_skip, ...) and
 * names the step that follows; wire_take() consumes bytes until the field is
 * whole. A field may be asked for only if the rest of its frame can hold it, so
 * a wrong length is found before a byte beyond the frame is read as a part of
 * the field. Private to this room.
 */
#ifndef UNFLUSHED_WIRE_CURSOR_H
#define UNFLUSHED_WIRE_CURSOR_H

#include <stdbool.h>

#include "wire/wire.h"

enum wire_field {
	FIELD_NUMBER = 0, /* big-endian, up to 8 bytes */
	FIELD_VARINT = 1, /* unsigned, seven bits to the byte, up to 5 bytes */
	FIELD_SKIP = 2,
	FIELD_CLIENT_ID = 3,
};

enum wire_taken {
	TAKEN_WHOLE,
	TAKEN_CUT, /* more bytes are needed */
	TAKEN_BAD, /* not a valid field */
};

/* The steps that both directions share; their own follow from STEP_OWN. A
 * zeroed cursor stands at the first, which begins a frame. */
enum wire_shared_step {
	STEP_FRAME = 0,
	STEP_TAGS = 1, /* wire_tags_step() */
	STEP_TAG_NUMBER = 2,
	STEP_TAG_SIZE = 3,
	STEP_TAG_PASSED = 4,
	STEP_TOPIC = 5, /* wire_topics_step() */
	STEP_TOPIC_NAME = 6,
	STEP_TOPIC_NAMED = 7,
	STEP_PARTITIONS = 8,
	STEP_PARTITION = 9,
	STEP_OWN = 10,
};

static inline bool wire_ask(struct wire_cursor *cursor, enum wire_field kind, uint32_t bytes,
			    uint8_t next)
{
	if (bytes > cursor->left)
		return false;
	cursor->left -= bytes;
	cursor->need = bytes;
	cursor->kind = (uint8_t)kind;
	cursor->value = 0;
	cursor->shift = 0;
	cursor->step = next;
	return true;
}

static inline bool wire_number(struct wire_cursor *cursor, uint32_t bytes, uint8_t next)
{
	return wire_ask(cursor, FIELD_NUMBER, bytes, next);
}

static inline bool wire_skip(struct wire_cursor *cursor, uint32_t bytes, uint8_t next)
{
	return wire_ask(cursor, FIELD_SKIP, bytes, next);
}

/* Goes to the next step without reading a field. */
static inline bool wire_go(struct wire_cursor *cursor, uint8_t next)
{
	return wire_skip(cursor, 0, next);
}

/* Skips the rest of the frame; then `next`. */
static inline bool wire_skip_rest(struct wire_cursor *cursor, uint8_t next)
{
	cursor->left += cursor->need;
	return wire_skip(cursor, cursor->left, next);
}

/*
 * The length of a string, of bytes or of an array: `bytes` wide, in flexible
 * versions a varint of the length plus one, so that 0 can mean null.
 */
static inline bool wire_length(struct wire_cursor *cursor, bool flexible, uint32_t bytes,
			       uint8_t next)
{
	return wire_ask(cursor, flexible ? FIELD_VARINT : FIELD_NUMBER, flexible ? 1 : bytes,
			next);
}

/* Writes the length just read to *length; -1 is null. False, and *length stays: the rest of the
 * frame cannot hold it (an element of an array takes a byte at least). */
static inline bool wire_length_is(const struct wire_cursor *cursor, bool flexible,
				  uint32_t bytes, int64_t *length)
{
	int64_t value = flexible     ? (int64_t)cursor->value - 1
			: bytes == 2 ? (int16_t)cursor->value
				     : (int32_t)cursor->value;
	if (value < -1 || value > (int64_t)cursor->left)
		return false;
	*length = value;
	return true;
}

/* An array's length, null being empty. */
static inline bool wire_count_is(const struct wire_cursor *cursor, bool flexible,
				 uint32_t *count)
{
	int64_t length;
	if (!wire_length_is(cursor, flexible, 4, &length))
		return false;
	*count = length < 0 ? 0 : (uint32_t)length;
	return true;
}

/* Skips the string whose length was just read. */
static inline bool wire_skip_text(struct wire_cursor *cursor, bool flexible, uint8_t next)
{
	int64_t length;
	if (!wire_length_is(cursor, flexible, 2, &length))
		return false;
	return wire_skip(cursor, length < 0 ? 0 : (uint32_t)length, next);
}

/* Skips tagged fields, if the version has them; the step `after` follows. */
static inline bool wire_tags(struct wire_cursor *cursor, bool flexible, uint8_t after)
{
	if (!flexible)
		return wire_go(cursor, after);
	cursor->after_tags = after;
	return wire_ask(cursor, FIELD_VARINT, 1, STEP_TAGS);
}

/* Asks for the length field of the next frame. */
static inline bool wire_frame(struct wire_cursor *cursor, uint8_t next)
{
	cursor->frame = 0;
	cursor->left = 4;
	return wire_number(cursor, 4, next);
}

/* The length field was read: the frame is open. */
static inline void wire_frame_opens(struct wire_cursor *cursor)
{
	cursor->left = (uint32_t)cursor->value;
	cursor->frame = cursor->left + 4;
}

/* Bytes of the frame seen so far. */
static inline uint32_t wire_frame_at(const struct wire_cursor *cursor)
{
	return (cursor->frame ? cursor->frame : 4) - cursor->left - cursor->need;
}

/* Consumes bytes until the field that was asked for is whole. Afterwards *bytes and *count are
 * the bytes that are left. */
enum wire_taken wire_take(struct wire *wire, struct wire_cursor *cursor,
			  const unsigned char **bytes, size_t *count);

static inline bool wire_is_tags_step(uint8_t step)
{
	return step >= STEP_TAGS && step <= STEP_TAG_PASSED;
}

/* Skips tagged fields: their count, then the number, size and bytes of each. */
bool wire_tags_step(struct wire_cursor *cursor);

#endif
