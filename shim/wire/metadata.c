/* SPDX-License-Identifier: Apache-2.0 */
/*
 * metadata.c - see metadata.h.
 *
 * The format of the answer is a table of fields, with loops over brokers, over topics, and over
 * a topic's partitions. cursor->topics counts brokers, then topics. Each field has two steps:
 * one asks for it, the other takes its value.
 */
#include "wire/metadata.h"

#include "format/kafka_api.h"

#define FLEXIBLE 9 /* from this version on */

enum kind {
	SKIP,  /* so many bytes */
	TEXT,  /* a string */
	LIST,  /* an array of numbers of four bytes */
	MANY,  /* the number of the brokers or topics that follow, */
	PARTS, /* or a topic's partitions */
	EACH,  /* the next one of those; after the last, field `to` */
	PART,
	ERROR, /* of a topic */
	TAGS,  /* then back to field `to` */
	END,
};

static const struct field {
	uint8_t kind;
	uint8_t bytes;
	uint8_t since; /* this version */
	uint8_t to;
} fields[] = {
	{SKIP, 4, 3, 0},				       /* throttle time */
	{MANY, 0, 0, 0},				       /* brokers */
	{EACH, 0, 0, 8},   {SKIP, 4, 0, 0},		       /* number */
	{TEXT, 0, 0, 0},				       /* host */
	{SKIP, 4, 0, 0},				       /* port */
	{TEXT, 0, 1, 0},				       /* rack */
	{TAGS, 0, 0, 2},   {TEXT, 0, 2, 0},		       /* cluster */
	{SKIP, 4, 1, 0},				       /* controller */
	{MANY, 0, 0, 0},				       /* topics */
	{EACH, 0, 0, 26},  {ERROR, 2, 0, 0}, {TEXT, 0, 0, 0},  /* name */
	{SKIP, 16, 10, 0},				       /* its id */
	{SKIP, 1, 1, 0},				       /* is it internal? */
	{PARTS, 0, 0, 0},  {PART, 0, 0, 24}, {SKIP, 10, 0, 0}, /* error, number, leader */
	{SKIP, 4, 7, 0},				       /* the leader's epoch */
	{LIST, 0, 0, 0},				       /* replicas */
	{LIST, 0, 0, 0},				       /* those in sync */
	{LIST, 0, 5, 0},				       /* those offline */
	{TAGS, 0, 0, 17},  {SKIP, 4, 8, 0},		       /* operations that are allowed */
	{TAGS, 0, 0, 11},  {END, 0, 0, 0},
};
#define FIELDS (sizeof fields / sizeof *fields)
_Static_assert(STEP_METADATA + 2 * FIELDS <= UINT8_MAX, "steps are bytes");

static uint8_t ask_for(size_t field)
{
	return (uint8_t)(STEP_METADATA + 2 * field);
}

static uint8_t was_read(size_t field)
{
	return (uint8_t)(ask_for(field) + 1);
}

bool wire_metadata_begins(struct wire_step *step, struct wire_cursor *cursor, uint8_t version)
{
	step->wire->metadata_version = version;
	return wire_tags(cursor, version >= FLEXIBLE, ask_for(0));
}

static bool loop(struct wire_cursor *cursor, uint32_t *left, size_t at)
{
	if (*left == 0)
		return wire_go(cursor, ask_for(fields[at].to));
	(*left)--;
	return wire_go(cursor, ask_for(at + 1));
}

static bool ask(struct wire_cursor *cursor, size_t at, bool flexible, uint8_t then)
{
	switch (fields[at].kind) {
	case SKIP:
		return wire_skip(cursor, fields[at].bytes, ask_for(at + 1));
	case TEXT:
		return wire_length(cursor, flexible, 2, was_read(at));
	case EACH:
		return loop(cursor, &cursor->topics, at);
	case PART:
		return loop(cursor, &cursor->partitions, at);
	case ERROR:
		return wire_number(cursor, 2, was_read(at));
	case TAGS:
		return wire_tags(cursor, flexible, ask_for(fields[at].to));
	case END:
		return wire_skip_rest(cursor, then);
	default:
		return wire_length(cursor, flexible, 4, was_read(at));
	}
}

static bool list(struct wire_cursor *cursor, size_t at, bool flexible)
{
	uint32_t count;

	return wire_count_is(cursor, flexible, &count) && count <= cursor->left / 4 &&
	       wire_skip(cursor, count * 4, ask_for(at + 1));
}

static bool take(struct wire_step *step, struct wire_cursor *cursor, size_t at, bool flexible)
{
	switch (fields[at].kind) {
	case TEXT:
		return wire_skip_text(cursor, flexible, ask_for(at + 1));
	case LIST:
		return list(cursor, at, flexible);
	case ERROR:
		wire_error_answered(step, KAFKA_API_METADATA, (int16_t)cursor->value);
		return wire_go(cursor, ask_for(at + 1));
	default:
		return wire_count_is(cursor, flexible,
				     fields[at].kind == MANY ? &cursor->topics
							     : &cursor->partitions) &&
		       wire_go(cursor, ask_for(at + 1));
	}
}

bool wire_metadata_step(struct wire_step *step, struct wire_cursor *cursor, uint8_t then)
{
	size_t at = (size_t)(cursor->step - STEP_METADATA) / 2;
	uint8_t version = step->wire->metadata_version;

	if (cursor->step == was_read(at))
		return take(step, cursor, at, version >= FLEXIBLE);
	while (fields[at].since > version)
		at++;
	return ask(cursor, at, version >= FLEXIBLE, then);
}
