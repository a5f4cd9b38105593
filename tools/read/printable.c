/* SPDX-License-Identifier: Apache-2.0 */
/*
 * printable.c - see printable.h. The report, the dump and the tool's own
 * messages use the same rule.
 */
#include "read/printable.h"

#include <stdio.h>
#include <string.h>

#include "memory/memory.h"

/* The length of the well-formed UTF-8 sequence at `at`; 0: there is none. */
static size_t sequence_bytes(const unsigned char *at, size_t left)
{
	size_t bytes = at[0] < 0x80   ? 1
		       : at[0] < 0xc2 ? 0
		       : at[0] < 0xe0 ? 2
		       : at[0] < 0xf0 ? 3
		       : at[0] < 0xf5 ? 4
				      : 0;

	if (!bytes || bytes > left)
		return 0;
	for (size_t i = 1; i < bytes; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
	    (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
		return 0;
	return bytes;
}

static uint32_t point_of(const unsigned char *at, size_t bytes)
{
	static const unsigned char first[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	uint32_t point = at[0] & first[bytes];

	for (size_t i = 1; i < bytes; i++)
		point = point << 6 | (at[i] & 0x3f);
	return point;
}

/* Whether the character is not printed. To hide another one: add a row. */
static bool is_hidden(uint32_t point)
{
	static const struct {
		uint32_t first, last;
	} hidden[] = {
		{0x0, 0x1f},	    {0x7f, 0x9f},	/* control characters, C0 and C1 */
		{0xad, 0xad},	    {0x61c, 0x61c},	/* soft hyphen; Arabic letter mark */
		{0x180e, 0x180e},			/* Mongolian vowel separator */
		{0x200b, 0x200f},			/* zero width; marks of direction */
		{0x2028, 0x202e},			/* separators; embeddings, overrides */
		{0x2060, 0x206f},			/* joiners; isolates */
		{0xfeff, 0xfeff},			/* byte order mark */
		{0xfff9, 0xfffb},			/* annotations */
		{0xfffe, 0xffff},			/* no characters; not in XML */
		{0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}, /* music; tags, selectors */
	};

	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
		if (point >= hidden[i].first && point <= hidden[i].last)
			return true;
	return false;
}

struct printable printable_at(const char *at, size_t left)
{
	const unsigned char *bytes = (const unsigned char *)at;
	size_t length = sequence_bytes(bytes, left);

	if (!length)
		return (struct printable){.bytes = 1, .point = bytes[0]};
	uint32_t point = point_of(bytes, length);

	return (struct printable){
		.bytes = length,
		.valid = true,
		.shown = !is_hidden(point),
		.point = point,
	};
}

size_t printable_escape(char to[PRINTABLE_ESCAPE_BYTES], struct printable character)
{
	const char *format = !character.valid || character.point < 0x80 ? "\\x%02x"
			     : character.point < 0x10000		? "\\u%04x"
									: "\\U%08x";

	return (size_t)snprintf(to, PRINTABLE_ESCAPE_BYTES, format, character.point);
}

/* How many of the next bytes are ASCII that is printed unchanged: a fast path, because nearly
 * all bytes are. */
static size_t plain_bytes(const char *bytes, size_t length)
{
	size_t plain = 0;

	while (plain < length && bytes[plain] >= ' ' && bytes[plain] <= '~')
		plain++;
	return plain;
}

size_t printable_put(char *to, const char *bytes, size_t length)
{
	char escaped[PRINTABLE_ESCAPE_BYTES];
	size_t put = 0;

	for (size_t i = 0; i < length;) {
		size_t plain = plain_bytes(bytes + i, length - i);

		if (to && plain)
			memcpy(to + put, bytes + i, plain);
		put += plain;
		i += plain;
		if (i == length)
			break;
		struct printable character = printable_at(bytes + i, length - i);
		const char *as = character.shown ? bytes + i : escaped;
		size_t long_as = character.shown ? character.bytes
						 : printable_escape(escaped, character);

		if (to)
			memcpy(to + put, as, long_as);
		put += long_as;
		i += character.bytes;
	}
	return put;
}

char *printable_text(const char *text)
{
	size_t length = strlen(text), bytes = printable_put(NULL, text, length);
	char *copy = memory_take(bytes + 1);

	copy[printable_put(copy, text, length)] = 0;
	return copy;
}
