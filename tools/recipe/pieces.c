/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pieces.c - see pieces.h.
 *
 * The search looks for the longest run of known bytes and compares the whole
 * piece at each place where the run is found.
 */
#include "recipe/pieces.h"

#include <string.h>

#include "format/recipe.h"

/* A run of fewer known bytes is found at too many places; a search with more is not needed. */
#define RUN_LEAST 4
#define RUN_MOST 64

/* A piece with fewer known bytes may be found where another function is: functions that only
 * call another one differ only in its address. */
#define KNOWN_LEAST 32

bool piece_wants(const char *name)
{
	return strncmp(name, "rd_kafka_", 9) == 0 && strlen(name) < RECIPE_NAME_BYTES;
}

struct run {
	const uint8_t *value;
	uint64_t offset; /* in the piece */
	size_t bytes;
};

/* Padding between functions repeats one byte, which a search would find everywhere. */
static bool varies(const uint8_t *value, size_t bytes)
{
	for (size_t i = 1; i < bytes; i++)
		if (value[i] != value[0])
			return true;
	return false;
}

static void run_longest(const struct window *window, struct run *longest)
{
	for (size_t begin = 0, end; begin < window->bytes; begin = end + 1) {
		end = begin;
		while (end < window->bytes && window->known[end] && end - begin < RUN_MOST)
			end++;
		if (end - begin > longest->bytes && varies(window->value + begin, end - begin))
			*longest = (struct run){window->value + begin, window->offset + begin,
						end - begin};
	}
}

static bool window_is_at(const struct window *window, const uint8_t *code, size_t bytes,
			 size_t at)
{
	if (window->offset > bytes - at || window->bytes > bytes - at - window->offset)
		return false;
	const uint8_t *there = code + at + window->offset;

	for (size_t i = 0; i < window->bytes; i++)
		if (window->known[i] && window->value[i] != there[i])
			return false;
	return true;
}

static bool piece_is_at(const struct piece *piece, const uint8_t *code, size_t bytes, size_t at)
{
	for (size_t i = 0; i < piece->window_count; i++)
		if (!window_is_at(&piece->windows[i], code, bytes, at))
			return false;
	return true;
}

static bool is_known_enough(const struct piece *piece)
{
	size_t known = 0;

	for (size_t i = 0; i < piece->window_count; i++)
		for (size_t j = 0; j < piece->windows[i].bytes; j++)
			known += piece->windows[i].known[j];
	return known >= KNOWN_LEAST;
}

enum piece_found piece_find(const struct piece *piece, const uint8_t *code, size_t bytes,
			    size_t *at)
{
	struct run run = {NULL, 0, 0};
	const uint8_t *place = code;
	size_t found = 0;

	for (size_t i = 0; i < piece->window_count; i++)
		run_longest(&piece->windows[i], &run);
	if (run.bytes < RUN_LEAST)
		return PIECE_UNKNOWN;
	while ((place = memmem(place, bytes - (size_t)(place - code), run.value, run.bytes))) {
		size_t offset = (size_t)(place++ - code);

		if (offset < run.offset ||
		    !piece_is_at(piece, code, bytes, offset - (size_t)run.offset))
			continue;
		if (found++)
			return PIECE_OFTEN;
		*at = offset - (size_t)run.offset;
	}
	if (!found)
		return PIECE_NOWHERE;
	return is_known_enough(piece) ? PIECE_ONCE : PIECE_UNKNOWN;
}
