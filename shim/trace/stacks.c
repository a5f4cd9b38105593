/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stacks.c - see stacks.h.
 *
 * A row has TRACE_FRAMES frames, enough for most stacks; outer frames are in further rows.
 * These are shared: many stacks have the same thread pool, event loop or chain of filters. They
 * never use the last rows, which are kept for new stacks.
 */
#include "trace/stacks.h"

#include <string.h>

#include "guest/hash.h"
#include "trace/map.h"
#include "trace/writer.h"

#define ROWS_KEPT(rows) ((rows) / 4)

static uint32_t rows_used(void)
{
	const struct trace_section *section = writer_section(SECTION_SITE);
	uint32_t used = __atomic_load_n(&section->used, __ATOMIC_ACQUIRE);

	return used < section->rows ? used : section->rows;
}

/* Compares the hash first: it never changes, and differs for nearly all rows. */
static bool is_stack(uint32_t index, uint64_t hash, enum trace_language language)
{
	const struct trace_site *row = &trace->sites[index];

	return __atomic_load_n(&row->hash, __ATOMIC_RELAXED) == hash &&
	       __atomic_load_n(&row->state, __ATOMIC_ACQUIRE) == SITE_STACK &&
	       row->language == language;
}

/* The row in which a stack was found last, by its hash. Only a hint: another stack may have
 * taken the place, and a forked child's trace has other rows. The row itself is compared. */
static uint16_t guesses[2 * GUEST_SITES];

uint32_t stacks_find(uint64_t hash, enum trace_language language)
{
	uint16_t *guess = &guesses[(hash_word(HASH_BEGIN, hash) >> 32) % (2 * GUEST_SITES)];
	uint32_t used = rows_used(), likely = __atomic_load_n(guess, __ATOMIC_RELAXED);

	if (likely < used && is_stack(likely, hash, language))
		return likely + 1;
	for (uint32_t i = 0; i < used; i++)
		if (is_stack(i, hash, language)) {
			__atomic_store_n(guess, (uint16_t)i, __ATOMIC_RELAXED);
			return i + 1;
		}
	return 0;
}

uint32_t stacks_begin(uint64_t hash, enum trace_language language)
{
	uint32_t index = writer_claim(SECTION_SITE);

	if (index == WRITER_NONE)
		return 0;
	trace->sites[index].language = language;
	__atomic_store_n(&trace->sites[index].hash, hash, __ATOMIC_RELAXED);
	return index + 1;
}

/* ---- outer frames ---- */

static uint32_t rest_find(const struct trace_site *rest)
{
	uint32_t used = rows_used();

	for (uint32_t i = 0; i < used; i++) {
		const struct trace_site *row = &trace->sites[i];

		if (__atomic_load_n(&row->state, __ATOMIC_ACQUIRE) == SITE_REST &&
		    row->language == rest->language && row->depth == rest->depth &&
		    row->rest == rest->rest &&
		    !memcmp(row->frames, rest->frames, sizeof rest->frames))
			return i + 1;
	}
	return 0;
}

/* The row plus 1; 0: these frames are left out, and the stack ends before them. */
static uint32_t rest_add(uint32_t language, const struct trace_frame *frames, uint32_t depth,
			 uint32_t rest)
{
	struct trace_site row = {.language = language, .depth = depth, .rest = rest};
	uint32_t found, index = WRITER_NONE;

	memcpy(row.frames, frames, depth * sizeof *frames);
	found = rest_find(&row);
	if (found)
		return found;
	uint32_t rows = writer_section(SECTION_SITE)->rows;

	if (rows_used() < rows - ROWS_KEPT(rows))
		index = writer_claim(SECTION_SITE);
	if (index == WRITER_NONE)
		return 0;
	struct trace_site *to = &trace->sites[index];

	memcpy(&to->language, &row.language, sizeof row - sizeof row.state);
	__atomic_store_n(&to->state, SITE_REST, __ATOMIC_RELEASE);
	return index + 1;
}

/* The outermost first, because each row names the next. */
static uint32_t rests_add(uint32_t language, const struct stacks_frames *frames)
{
	uint32_t rest = 0, begin = frames->depth;

	while (begin > TRACE_FRAMES) {
		uint32_t end = begin;

		begin = (end - 1) / TRACE_FRAMES * TRACE_FRAMES;
		rest = rest_add(language, frames->frames + begin, end - begin, rest);
	}
	return rest;
}

void stacks_end(uint32_t site, const struct stacks_frames *frames)
{
	struct trace_site *row = &trace->sites[site - 1];

	row->depth = frames->depth < TRACE_FRAMES ? frames->depth : TRACE_FRAMES;
	memcpy(row->frames, frames->frames, row->depth * sizeof *frames->frames);
	row->rest = rests_add(row->language, frames);
	__atomic_store_n(&row->state, SITE_STACK, __ATOMIC_RELEASE);
}
