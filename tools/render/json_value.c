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
	size_t flags;
	int deep; /* spaces before each line of a value that is not the outermost */
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

static void spaces(struct pieces *pieces, int count)
{
	while (count-- > 0)
		piece(" ", 1, pieces);
}

/* JSON texts contain no newline: each newline is one between values. */
static int piece_deep(const char *bytes, size_t count, void *to)
{
	struct pieces *pieces = to;
	const char *end;

	while (count && (end = memchr(bytes, '\n', count))) {
		size_t line = (size_t)(end + 1 - bytes);

		piece(bytes, line, pieces);
		spaces(pieces, pieces->deep);
		bytes += line;
		count -= line;
	}
	return piece(bytes, count, pieces);
}

/* Begins a line for a member or an element at this depth of the object. */
static void line_begin(struct pieces *pieces, int depth)
{
	pieces->deep = depth * (int)(pieces->flags & JSON_INDENT(JSON_MAX_INDENT));
	piece("\n", 1, pieces);
	spaces(pieces, pieces->deep);
}

static void value_put(struct pieces *pieces, const json_t *value)
{
	json_dump_callback(value, piece_deep, pieces, pieces->flags | JSON_ENCODE_ANY);
}

static void filling_put(struct pieces *pieces, const struct json_filling *filling)
{
	piece("[", 1, pieces);
	for (size_t i = 0; i < filling->count; i++) {
		json_t *element = filling->make(filling->of, i);

		if (i)
			piece(",", 1, pieces);
		line_begin(pieces, 2);
		value_put(pieces, element);
		json_decref(element);
	}
	if (filling->count)
		line_begin(pieces, 1);
	piece("]", 1, pieces);
}

static const struct json_filling *filling_of(const struct json_filling *fillings, size_t count,
					     const char *key)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(fillings[i].key, key) == 0)
			return &fillings[i];
	return NULL;
}

static struct pieces *pieces_begin(struct pieces *pieces, FILE *out, size_t flags)
{
	pieces->out = out;
	pieces->used = 0;
	pieces->flags = flags;
	pieces->deep = 0;
	return pieces;
}

void json_write(const json_t *value, FILE *out, size_t flags)
{
	struct pieces pieces;

	json_dump_callback(value, piece, pieces_begin(&pieces, out, flags), flags);
	pieces_flush(&pieces);
}

static void key_put(struct pieces *pieces, const char *key)
{
	json_t *name = json_string(key);

	value_put(pieces, name);
	piece(": ", 2, pieces);
	json_decref(name);
}

void json_write_filled(const json_t *object, const struct json_filling *fillings, size_t count,
		       FILE *out, size_t flags)
{
	struct pieces pieces;
	const char *key;
	json_t *value;
	size_t members = 0;

	piece("{", 1, pieces_begin(&pieces, out, flags));
	json_object_foreach((json_t *)object, key, value)
	{
		const struct json_filling *filling = filling_of(fillings, count, key);

		if (members++)
			piece(",", 1, &pieces);
		line_begin(&pieces, 1);
		key_put(&pieces, key);
		if (filling)
			filling_put(&pieces, filling);
		else
			value_put(&pieces, value);
	}
	if (members)
		line_begin(&pieces, 0);
	piece("}", 1, &pieces);
	pieces_flush(&pieces);
}
