/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_site.c - the lines of code that produced, those that lost most first.
 *
 * A cell belongs to one call site, and the guest counts what became of a
 * message in a cell of the site that produced it. Where the sums do not
 * match the producer's, outcomes per site are unknown, not guessed.
 */
#include "build/builder.h"

#include <stdlib.h>

#include "build/symbols.h"
#include "memory/memory.h"
#include "model/number.h"

static void frame_add(struct builder *builder, struct call_site *site, struct frame frame,
		      const struct symbol *symbol)
{
	if (site->depth == SITE_FRAMES)
		return;
	if (symbol) {
		frame.function = symbol->function
					 ? model_format(builder->run, "%s", symbol->function)
					 : NULL;
		frame.file =
			symbol->file ? model_format(builder->run, "%s", symbol->file) : NULL;
		frame.line = symbol->line;
	}
	site->frames[site->depth++] = frame;
}

/* One frame of the stack, and those that the compiler made one with it. */
static void frames_add(struct builder *builder, struct call_site *site,
		       const struct trace_module *module, struct frame frame)
{
	const struct symbol *symbol = NULL;
	size_t id_bytes =
		module->build_id_bytes <= sizeof module->build_id ? module->build_id_bytes : 0;

	/* A return address is the instruction after the call. */
	if (frame.offset > 0 && frame.module)
		symbol = symbols_resolve(frame.module, module->build_id, id_bytes,
					 (uint64_t)frame.offset - 1);
	if (!symbol)
		frame_add(builder, site, frame, NULL);
	for (; symbol; symbol = symbol->into)
		frame_add(builder, site, frame, symbol);
}

static void build_frame(struct builder *builder, struct call_site *site,
			const struct trace_frame *row)
{
	struct frame frame = {
		.function = build_string(builder, row->function),
		.file = build_string(builder, row->file),
		.line = row->line <= INT32_MAX ? (int)row->line : 0,
		.offset = number_of(row->offset),
	};
	const struct trace_module *module =
		row->module ? reader_row(builder->reader, SECTION_MODULE, row->module - 1)
			    : NULL;

	if (module)
		frame.module = build_string(builder, module->path);
	if (module && site->language <= LANGUAGE_C && !frame.function)
		frames_add(builder, site, module, frame);
	else
		frame_add(builder, site, frame, NULL);
}

static void build_frames(struct builder *builder, struct call_site *site)
{
	const struct trace_site *row = reader_row(builder->reader, SECTION_SITE, site->row);

	site->language = row->language;
	for (uint32_t i = 0; i < row->depth && i < TRACE_FRAMES; i++)
		build_frame(builder, site, &row->frames[i]);
}

/* What cells say of one site, and of cells whose site is not known. */
struct site_sum {
	uint64_t produced, done, failed, rejected;
};

static void sum_cell(struct site_sum *sum, const struct trace_counts *counts)
{
	const uint64_t *messages = counts->messages;

	sum->produced += messages[COUNT_SENT] - messages[COUNT_UNROLLED];
	sum->done += messages[COUNT_DELIVERED] + messages[COUNT_UNCONFIRMED] +
		     messages[COUNT_FAILED] + messages[COUNT_PURGED];
	sum->failed += messages[COUNT_FAILED];
	sum->rejected += messages[COUNT_REJECTED];
}

/* Adds up a producer's cells by site: sums[0] is "unknown", sums[n] row n - 1. */
static void sum_sites(struct builder *builder, const struct producer *producer, uint32_t rows,
		      struct site_sum *sums)
{
	const struct reader *reader = builder->reader;

	for (uint32_t i = 0; i < reader_rows(reader, SECTION_CELL); i++) {
		const struct trace_cell *cell = reader_row(reader, SECTION_CELL, i);
		const struct trace_topic *topic =
			cell ? reader_row(reader, SECTION_TOPIC, cell->topic) : NULL;

		if (!topic || topic->producer != producer->row)
			continue;
		bool known = cell->site && cell->site <= rows &&
			     reader_row(reader, SECTION_SITE, cell->site - 1);

		sum_cell(&sums[known ? cell->site : 0], &cell->counts);
	}
}

/* For the order only: what is not known is not known to be harm. */
static int64_t harm(int64_t messages)
{
	return messages == UNKNOWN ? 0 : messages;
}

/* Worst first: what was lost, then what was refused, then what was produced. */
static int by_harm(const void *a, const void *b)
{
	const struct call_site *left = a, *right = b;
	const int64_t order[][2] = {
		{harm(left->outstanding) + harm(left->failed),
		 harm(right->outstanding) + harm(right->failed)},
		{left->rejected, right->rejected},
		{left->produced, right->produced},
	};

	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		if (order[i][0] != order[i][1])
			return order[i][0] < order[i][1] ? 1 : -1;
	return left->row < right->row ? -1 : left->row > right->row;
}

/*
 * Whether the sites' outcomes add up to the producer's. They do not where a
 * message's way back to its site was lost: cells or the guest's table full,
 * calls that were not seen.
 */
static bool sums_are_whole(const struct producer *producer, const struct site_sum *sums,
			   uint32_t rows)
{
	struct site_sum all = {0};

	for (uint32_t i = 1; i <= rows; i++) {
		all.produced += sums[i].produced;
		all.done += sums[i].done;
	}
	const int64_t *messages = producer->tally.messages;

	return !(producer->flags & PRODUCER_SITES_INEXACT) &&
	       messages[OUTSTANDING] != UNKNOWN &&
	       number_of(all.produced) == messages[PRODUCED] &&
	       number_of(all.done) == messages[PRODUCED] - messages[OUTSTANDING];
}

static int64_t share(const struct producer *producer, enum amount amount, bool whole, bool only,
		     uint64_t sum)
{
	int64_t total = producer->tally.messages[amount];

	if (total == 0 || only)
		return total;
	return whole ? number_of(sum) : UNKNOWN;
}

static void producer_sites(struct builder *builder, struct producer *producer)
{
	uint32_t rows = reader_rows(builder->reader, SECTION_SITE);
	struct site_sum *sums = memory_zeroed(rows + 1, sizeof *sums);
	size_t count = 0;

	sum_sites(builder, producer, rows, sums);
	for (uint32_t i = 1; i <= rows; i++)
		count += sums[i].produced > 0 || sums[i].rejected > 0;
	producer->sites = model_alloc(builder->run, count * sizeof *producer->sites + 1);
	bool whole = sums_are_whole(producer, sums, rows);

	for (uint32_t i = 1; i <= rows; i++) {
		if (!sums[i].produced && !sums[i].rejected)
			continue;
		struct call_site *site = &producer->sites[producer->site_count++];

		bool only = number_of(sums[i].produced) == producer->tally.messages[PRODUCED];

		site->row = i - 1;
		site->produced = number_of(sums[i].produced);
		site->rejected = number_of(sums[i].rejected);
		site->outstanding = share(producer, OUTSTANDING, whole, only,
					  sums[i].produced - sums[i].done);
		site->failed = share(producer, FAILED, whole, only, sums[i].failed);
		build_frames(builder, site);
	}
	free(sums);
	qsort(producer->sites, producer->site_count, sizeof *producer->sites, by_harm);
}

void build_sites(struct builder *builder)
{
	for (size_t i = 0; i < builder->process->producer_count; i++)
		producer_sites(builder, &builder->process->producers[i]);
}
