/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_value.c - see json_value.h.
 */
#include "render/json_value.h"

#include <string.h>

#include "model/model.h"

json_t *json_of_number(int64_t value)
{
	return value == UNKNOWN ? json_null() : json_integer(value);
}

json_t *json_of_text(const char *words)
{
	return words ? json_string(words) : json_null();
}

struct pieces {
	FILE *out;
	size_t used;
	char bytes[32768];
};

static void pieces_flush(struct pieces *pieces)
{
	fwrite(pieces->bytes, 1, pieces->used, pieces->out);
	pieces->used = 0;
}

static int piece(const char *bytes, size_t count, void *to)
{
	struct pieces *pieces = to;

	if (pieces->used + count > sizeof pieces->bytes)
		pieces_flush(pieces);
	if (count > sizeof pieces->bytes) {
		fwrite(bytes, 1, count, pieces->out);
		return 0;
	}
	memcpy(pieces->bytes + pieces->used, bytes, count);
	pieces->used += count;
	return 0;
}

void json_write(const json_t *value, FILE *out, size_t flags)
{
	struct pieces pieces;

	pieces.out = out;
	pieces.used = 0;

	json_dump_callback(value, piece, &pieces, flags);
	pieces_flush(&pieces);
}
