/* SPDX-License-Identifier: Apache-2.0 */
/*
 * released.c - see released.h.
 */
#include "recipe/released.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "memory/memory.h"

/* One function: the number of its piece in the release, its name, its offset in the piece,
 * the size of its code, and its first bytes in hexadecimal, ".." for one that the linker
 * writes. */
struct row {
	uint32_t piece;
	const char *name;
	uint32_t offset, bytes;
	const char *begin;
};

#define ROW(piece, name, offset, bytes, begin) {piece, #name, offset, bytes, begin},
#define RELEASE(id, machine, name, ...) static const struct row rows_##id[] = {__VA_ARGS__};
#include "recipe/released.def"
#undef RELEASE

static const struct {
	const char *name;
	uint16_t machine;
	const struct row *rows;
	size_t count;
} releases[] = {
#define RELEASE(id, machine, name, ...)                                                        \
	{name, machine, rows_##id, sizeof rows_##id / sizeof *rows_##id},
#include "recipe/released.def"
#undef RELEASE
};
#undef ROW

static uint8_t digit(char hex)
{
	return (uint8_t)(hex <= '9' ? hex - '0' : hex - 'a' + 10);
}

static size_t begin_read(const char *begin, uint8_t *value, uint8_t *known)
{
	size_t count = strlen(begin) / 2;

	for (size_t i = 0; i < count; i++) {
		known[i] = begin[2 * i] != '.';
		value[i] =
			known[i] ? (uint8_t)(digit(begin[2 * i]) << 4 | digit(begin[2 * i + 1]))
				 : 0;
	}
	return count;
}

/* Expects the rows of a piece next to each other. */
static void row_take(struct release *release, const struct row *row, size_t i, size_t *used)
{
	struct piece *piece = &release->pieces[row->piece];
	size_t bytes = begin_read(row->begin, release->values + *used, release->known + *used);

	if (!piece->function_count) {
		piece->functions = &release->functions[i];
		piece->windows = &release->windows[i];
		release->count++;
	}
	piece->function_count = ++piece->window_count;
	release->functions[i] = (struct piece_function){row->name, row->offset, row->bytes};
	release->windows[i] = (struct window){row->offset, bytes, release->values + *used,
					      release->known + *used};
	*used += bytes;
}

bool released_get(size_t index, struct release *release)
{
	size_t used = 0, bytes = 0;

	if (index >= sizeof releases / sizeof *releases)
		return false;
	const struct row *rows = releases[index].rows;
	size_t count = releases[index].count;

	for (size_t i = 0; i < count; i++)
		bytes += strlen(rows[i].begin) / 2;
	*release = (struct release){
		.name = releases[index].name,
		.machine = releases[index].machine,
		.pieces = memory_zeroed(count, sizeof(struct piece)),
		.functions = memory_zeroed(count, sizeof(struct piece_function)),
		.windows = memory_zeroed(count, sizeof(struct window)),
		.values = memory_take(bytes),
		.known = memory_take(bytes),
	};
	for (size_t i = 0; i < count; i++)
		row_take(release, &rows[i], i, &used);
	return true;
}

void released_free(struct release *release)
{
	free(release->pieces);
	free(release->functions);
	free(release->windows);
	free(release->values);
	free(release->known);
}
