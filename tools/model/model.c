/* SPDX-License-Identifier: Apache-2.0 */
/*
 * model.c - the memory of a model, and sums over it.
 *
 * A run is built, printed and freed: all its memory is in one chain of blocks,
 * which is freed as a whole.
 */
#include "model/model.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory/memory.h"
#include "model/number.h"
#include "read/printable.h"

struct block {
	struct block *next;
	size_t used, room;
	_Alignas(16) unsigned char bytes[];
};
#define BLOCK_BYTES (64u << 10)

static void *block_new(struct run *run, size_t room)
{
	struct block *block = memory_zeroed(1, sizeof *block + room);

	block->room = room;
	block->next = run->memory;
	run->memory = block;
	return block;
}

void *model_alloc(struct run *run, size_t bytes)
{
	struct block *block = run->memory;

	bytes = (bytes + 15) & ~(size_t)15;
	if (!block || block->room - block->used < bytes)
		block = block_new(run, bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES);
	void *at = block->bytes + block->used;
	block->used += bytes;
	return at;
}

void model_free(struct run *run)
{
	while (run->memory) {
		struct block *block = run->memory;

		run->memory = block->next;
		free(block);
	}
	free(run->processes);
	free(run->images);
	memset(run, 0, sizeof *run);
}

const char *model_format(struct run *run, const char *format, ...)
{
	va_list list, again;

	va_start(list, format);
	va_copy(again, list);
	/* All formats are literals: vsnprintf() cannot fail. */
	size_t bytes = (size_t)vsnprintf(NULL, 0, format, list) + 1;
	char *text = model_alloc(run, bytes);
	vsnprintf(text, bytes, format, again);
	va_end(again);
	va_end(list);
	return text;
}

const char *model_text(struct run *run, const char *bytes, size_t length)
{
	if (!bytes)
		return NULL;
	char *text = model_alloc(run, printable_put(NULL, bytes, length) + 1);

	printable_put(text, bytes, length);
	return text;
}

const char *amount_name(enum amount amount)
{
	static const char *const names[] = {
#define AMOUNT_NAME(name, word) word,
		AMOUNTS(AMOUNT_NAME)
#undef AMOUNT_NAME
	};
	return names[amount];
}

static void amounts_add(int64_t *sum, const int64_t *more)
{
	for (int i = 0; i < AMOUNT_COUNT; i++)
		sum[i] = number_sum(sum[i], more[i]);
}

void tally_add(struct tally *sum, const struct tally *more)
{
	amounts_add(sum->messages, more->messages);
	amounts_add(sum->bytes, more->bytes);
}
