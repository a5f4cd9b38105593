/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_site.c - the lines of code that produced, those that lost most first.
 *
 * A cell belongs to one call site, and the guest counts the end of a message in
 * a cell of the site that produced it. If the sums differ from the producer's,
 * the ends per site are unknown.
 *
 * How many of a site's outstanding messages were never written is not counted. There are
 * two lower bounds: messages that were produced after the last request was written (the
 * marks of the cells), and messages that cannot be in flight. Together with an upper bound
 * the number may be exact.
 */
#include "build/builder.h"

#include <stdlib.h>
#include <string.h>

#include "build/symbols.h"
#include "memory/memory.h"
#include "model/number.h"

/* A stack as it grows; inlined functions make more frames than the trace holds. */
struct frames {
	struct frame rows[2 * TRACE_FRAMES_MOST];
	size_t depth;
};

static void frame_add(struct builder *builder, struct frames *frames, struct frame frame,
		      const struct symbol *symbol)
{
	if (frames->depth == sizeof frames->rows / sizeof *frames->rows)
		return;
	if (symbol) {
		frame.function = symbol->function ? model_text(builder->run, symbol->function,
							       strlen(symbol->function))
						  : NULL;
		frame.file = symbol->file ? model_text(builder->run, symbol->file,
						       strlen(symbol->file))
					  : NULL;
		frame.line = symbol->line;
	}
	frames->rows[frames->depth++] = frame;
}

/* Adds a frame of the stack, and the functions that were inlined there. */
static void frames_add(struct builder *builder, struct frames *frames,
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
		frame_add(builder, frames, frame, NULL);
	for (; symbol; symbol = symbol->into)
		frame_add(builder, frames, frame, symbol);
}

static void build_frame(struct builder *builder, enum trace_language language,
			struct frames *frames, const struct trace_frame *row)
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
	if (module && language <= LANGUAGE_C && !frame.function)
		frames_add(builder, frames, module, frame);
	else
		frame_add(builder, frames, frame, NULL);
}

static void build_frames(struct builder *builder, struct call_site *site)
{
	const struct trace_site *row = reader_row(builder->reader, SECTION_SITE, site->row);
	struct frames frames = {.depth = 0};

	site->language = row->language;
	for (uint32_t rows = 0; row && rows < TRACE_FRAMES_MOST / TRACE_FRAMES; rows++) {
		for (uint32_t i = 0; i < row->depth && i < TRACE_FRAMES; i++)
			build_frame(builder, site->language, &frames, &row->frames[i]);
		row = row->rest ? reader_row(builder->reader, SECTION_SITE, row->rest - 1)
				: NULL;
	}
	site->depth = frames.depth;
	site->frames = model_alloc(builder->run, frames.depth * sizeof *frames.rows + 1);
	memcpy(site->frames, frames.rows, frames.depth * sizeof *frames.rows);
}

/* The sums of the cells of a site, or of the cells whose site is not known. */
struct site_sum {
	uint64_t produced, unrolled, done, failed, purged, rejected, unwritable;
};

static void sum_cell(struct site_sum *sum, const struct trace_counts *counts)
{
	const uint64_t *messages = counts->messages;

	sum->produced += messages[COUNT_SENT] - messages[COUNT_UNROLLED];
	sum->unrolled += messages[COUNT_UNROLLED];
	sum->done += messages[COUNT_DELIVERED] + messages[COUNT_UNCONFIRMED] +
		     messages[COUNT_FAILED] + messages[COUNT_PURGED];
	sum->failed += messages[COUNT_FAILED];
	sum->purged += messages[COUNT_PURGED];
	sum->rejected += messages[COUNT_REJECTED];
}

/* How many Produce requests had been written at the end, as the marks count them. */
static uint32_t last_mark(const struct builder *builder, const struct producer *producer)
{
	const struct trace_process *row = reader_row(builder->reader, SECTION_PROCESS, 0);
	uint64_t requests = producer->client == CLIENT_LIBRDKAFKA
				    ? (uint64_t)producer->requests_sent
				    : row->produce_written;

	return (uint32_t)requests + 1;
}

/* How many of a cell's messages were produced after the last request had been written. */
static uint64_t unwritable(const struct trace_cell *cell, uint32_t last)
{
	uint64_t sent = cell->counts.messages[COUNT_SENT];

	return cell->mark == last && last && sent > cell->mark_sent ? sent - cell->mark_sent
								    : 0;
}

/* Adds up a producer's cells by site: sums[0] is "unknown", sums[n] row n - 1. */
static void sum_sites(struct builder *builder, const struct producer *producer, uint32_t rows,
		      struct site_sum *sums)
{
	const struct reader *reader = builder->reader;
	uint32_t last = last_mark(builder, producer);

	for (uint32_t i = 0; i < reader_rows(reader, SECTION_CELL); i++) {
		const struct trace_cell *cell = reader_row(reader, SECTION_CELL, i);
		const struct trace_topic *topic =
			cell ? reader_row(reader, SECTION_TOPIC, cell->topic) : NULL;

		if (!topic || topic->producer != producer->row)
			continue;
		bool known = cell->site && cell->site <= rows &&
			     reader_row(reader, SECTION_SITE, cell->site - 1);

		sum_cell(&sums[known ? cell->site : 0], &cell->counts);
		sums[known ? cell->site : 0].unwritable += unwritable(cell, last);
	}
}

/* For sorting only: an unknown number counts as 0. */
static int64_t harm(int64_t messages)
{
	return messages == UNKNOWN ? 0 : messages;
}

/* Worst first: by messages that certainly were lost, that may be, were refused, were produced.
 */
static int by_harm(const void *a, const void *b)
{
	const struct call_site *left = a, *right = b;
	const int64_t order[][2] = {
		{left->unsent_least + harm(left->failed),
		 right->unsent_least + harm(right->failed)},
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
 * Whether the ends of the sites add up to the producer's. They do not if the
 * site of a message was not known at its end: cells or the guest's table were
 * full, or calls were not seen.
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

/* `unwritable` without messages that failed, were purged or refused after all: it is not known
 * which of the site's messages these were. */
static int64_t still_unwritable(const struct call_site *site, const struct site_sum *sum)
{
	int64_t left = number_of(sum->unwritable) - site->failed - site->purged -
		       number_of(sum->unrolled);

	return left > 0 ? left : 0;
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
		site->purged = share(producer, PURGED, whole, only, sums[i].purged);
		site->unwritable = whole ? still_unwritable(site, &sums[i]) : 0;
		site->unsent_most = UNKNOWN;
		producer->unwritable = number_sum(producer->unwritable, site->unwritable);
		build_frames(builder, site);
	}
	free(sums);
}

/* The site where the producer was made; it has no numbers. */
static void producer_made(struct builder *builder, struct producer *producer)
{
	const struct trace_producer *row =
		reader_row(builder->reader, SECTION_PRODUCER, producer->row);

	if (!row || !row->made || !reader_row(builder->reader, SECTION_SITE, row->made - 1))
		return;
	producer->made = model_alloc(builder->run, sizeof *producer->made);
	producer->made->row = row->made - 1;
	build_frames(builder, producer->made);
}

void build_sites(struct builder *builder)
{
	for (size_t i = 0; i < builder->process->producer_count; i++) {
		producer_sites(builder, &builder->process->producers[i]);
		producer_made(builder, &builder->process->producers[i]);
	}
}

/* ---- messages that were never written ---- */

static int64_t above_zero(int64_t number)
{
	return number > 0 ? number : 0;
}

static int64_t lesser(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* How many of the site's messages can be unsent at most. */
static int64_t unsent_room(const struct producer *producer, const struct call_site *site)
{
	int64_t unsent = producer->tally.messages[UNSENT];

	return site->outstanding == UNKNOWN ? unsent : lesser(site->outstanding, unsent);
}

/* How many are unsent at least: those that cannot be in flight, and those too new for a
 * request. */
static int64_t unsent_least(const struct producer *producer, const struct call_site *site)
{
	int64_t least = site->unwritable;
	int64_t rest = site->outstanding == UNKNOWN
			       ? 0
			       : site->outstanding - producer->tally.messages[IN_FLIGHT];

	return lesser(least > rest ? least : rest, unsent_room(producer, site));
}

static void unsent_by_site(struct producer *producer)
{
	int64_t open = producer->tally.messages[UNSENT]; /* not assigned to a line yet */

	for (size_t i = 0; i < producer->site_count; i++) {
		producer->sites[i].unsent_least = unsent_least(producer, &producer->sites[i]);
		open = number_sum(open, -producer->sites[i].unsent_least);
	}
	for (size_t i = 0; i < producer->site_count; i++) {
		struct call_site *site = &producer->sites[i];

		site->unsent_most = lesser(site->unsent_least + above_zero(open),
					   unsent_room(producer, site));
	}
}

/* Messages that build_flight() has made outstanding again: their line is known if there is only
 * one. */
static void outstanding_again(struct producer *producer)
{
	bool only = producer->site_count == 1 &&
		    producer->sites[0].produced == producer->tally.messages[PRODUCED];

	for (size_t i = 0; i < producer->site_count; i++)
		producer->sites[i].outstanding =
			only ? producer->tally.messages[OUTSTANDING] : UNKNOWN;
}

/* A request that the client has not counted yet may contain the messages that the marks call
 * too new. */
static void marks_forget(struct producer *producer)
{
	producer->unwritable = 0;
	for (size_t i = 0; i < producer->site_count; i++)
		producer->sites[i].unwritable = 0;
}

/* The number in flight may be too high, by messages on connections that the client gave up; the
 * number that is too new for any request is not. */
static void unsent_raise(struct producer *producer)
{
	int64_t *messages = producer->tally.messages, *bytes = producer->tally.bytes;
	int64_t least = lesser(producer->unwritable, messages[OUTSTANDING]);

	if (least <= messages[UNSENT])
		return;
	messages[UNSENT] = least;
	messages[IN_FLIGHT] = messages[OUTSTANDING] - least;
	bytes[UNSENT] = bytes[IN_FLIGHT] = UNKNOWN;
}

void build_sites_unsent(struct builder *builder)
{
	for (size_t i = 0; i < builder->process->producer_count; i++) {
		struct producer *producer = &builder->process->producers[i];

		if (!producer->requests_agree)
			marks_forget(producer);
		if (producer->unwritten > 0)
			outstanding_again(producer);
		if (producer->tally.messages[UNSENT] != UNKNOWN) {
			unsent_raise(producer);
			unsent_by_site(producer);
		}
		if (producer->site_count)
			qsort(producer->sites, producer->site_count, sizeof *producer->sites,
			      by_harm);
	}
}
