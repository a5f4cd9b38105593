/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cursor.c - reads one field after another from bytes that arrive in pieces.
 *
 * Every function here consumes bytes or refuses them: only a number's value
 * and the client id are kept.
 */
#include "wire/cursor.h"

#include <string.h>

#include "wire/state.h"

#define VARINT_BITS 35

/* Payload: counted, not read. */
static size_t take_skip(struct wire_cursor *cursor, size_t count)
{
	return count < cursor->need ? count : cursor->need;
}

static size_t take_number(struct wire_cursor *cursor, const unsigned char *bytes, size_t count)
{
	size_t taken = take_skip(cursor, count);
	for (size_t i = 0; i < taken; i++)
		cursor->value = cursor->value << 8 | bytes[i];
	return taken;
}

/* Takes one byte; another one follows if its highest bit is set. */
static bool take_varint(struct wire_cursor *cursor, unsigned char byte)
{
	cursor->value |= (uint64_t)(byte & 0x7f) << cursor->shift;
	cursor->shift = (uint8_t)(cursor->shift + 7);
	if (!(byte & 0x80))
		return cursor->value <= UINT32_MAX;
	if (cursor->shift == VARINT_BITS || cursor->left == 0)
		return false;
	cursor->left--;
	cursor->need++;
	return true;
}

#define FNV_BASIS 2166136261u
#define FNV_PRIME 16777619u

/* Length and hash of the whole client id, of which only the first bytes are kept. */
static void client_id_count(struct wire *wire, const unsigned char *bytes, size_t count)
{
	uint32_t hash = wire->client_id_whole ? wire->client_id_hash : FNV_BASIS;

	for (size_t i = 0; i < count; i++)
		hash = (hash ^ bytes[i]) * FNV_PRIME;
	wire->client_id_hash = hash;
	wire->client_id_whole = (uint16_t)(wire->client_id_whole + count);
}

/*
 * A client id must be printable text; in another protocol the bytes at this
 * place rarely are. Bytes above 0x7f may be UTF-8.
 */
static bool take_client_id(struct wire *wire, const unsigned char *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (bytes[i] < 0x20 || bytes[i] == 0x7f)
			return false;
	}
	/* The client id is known already: this may be a SASL token that looks like a request.
	 */
	if (!wire_undecided(wire))
		return true;
	client_id_count(wire, bytes, count);
	size_t space = (size_t)(WIRE_CLIENT_ID - wire->client_id_bytes);
	size_t kept = count < space ? count : space;
	memcpy(wire->client_id + wire->client_id_bytes, bytes, kept);
	wire->client_id_bytes = (uint8_t)(wire->client_id_bytes + kept);
	return true;
}

enum wire_taken wire_take(struct wire *wire, struct wire_cursor *cursor,
			  const unsigned char **bytes, size_t *count)
{
	while (cursor->need) {
		if (*count == 0)
			return TAKEN_CUT;
		size_t taken = 1;
		bool good = true;
		switch (cursor->kind) {
		case FIELD_NUMBER:
			taken = take_number(cursor, *bytes, *count);
			break;
		case FIELD_VARINT:
			good = take_varint(cursor, **bytes);
			break;
		case FIELD_SKIP:
			taken = take_skip(cursor, *count);
			break;
		case FIELD_CLIENT_ID:
			taken = take_skip(cursor, *count);
			good = take_client_id(wire, *bytes, taken);
			break;
		}
		cursor->need -= (uint32_t)taken;
		*bytes += taken;
		*count -= taken;
		if (!good)
			return TAKEN_BAD;
	}
	return TAKEN_WHOLE;
}

bool wire_tags_step(struct wire_cursor *cursor)
{
	switch (cursor->step) {
	case STEP_TAGS:
		if (cursor->value > cursor->left / 2)
			return false;
		cursor->tags = (uint32_t)cursor->value;
		break;
	case STEP_TAG_NUMBER:
		return wire_ask(cursor, FIELD_VARINT, 1, STEP_TAG_SIZE);
	case STEP_TAG_SIZE:
		return cursor->value <= cursor->left &&
		       wire_skip(cursor, (uint32_t)cursor->value, STEP_TAG_PASSED);
	}
	if (cursor->tags == 0)
		return wire_go(cursor, cursor->after_tags);
	cursor->tags--;
	return wire_ask(cursor, FIELD_VARINT, 1, STEP_TAG_NUMBER);
}
