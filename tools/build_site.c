/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_site.c - the lines of code that produced, most messages first.
 *
 * A cell belongs to one call site, so what a site produced is known exactly.
 * What became of it is not: acknowledgements are counted per partition. It
 * follows only where it could not be otherwise - one site, or a sum of zero.
 */
#include "build.h"

#include <stdlib.h>

#include "symbols.h"

static void frame_symbol(struct builder *builder, const struct trace_module *module,
			 struct frame *frame)
{
	struct symbol symbol = {0};
	size_t id_bytes =
		module->build_id_bytes <= sizeof module->build_id ? module->build_id_bytes : 0;

	if (frame->offset <= 0 || !frame->module)
		return;
	/* A return address is the instruction after the call. */
	if (symbols_resolve(frame->module, module->build_id, id_bytes,
			    (uint64_t)frame->offset - 1, &symbol)) {
		frame->function = symbol.function
					  ? model_format(builder->run, "%s", symbol.function)
					  : NULL;
		frame->file =
			symbol.file ? model_format(builder->run, "%s", symbol.file) : NULL;
		frame->line = symbol.line;
	}
	symbol_clear(&symbol);
}

static struct frame build_frame(struct builder *builder, const struct trace_frame *row,
				bool native)
{
	struct frame frame = {
		.function = build_string(builder, row->function),
		.file = build_string(builder, row->file),
		.line = row->line <= INT32_MAX ? (int)row->line : 0,
		.offset = build_number(row->offset),
	};
	const struct trace_module *module =
		row->module ? reader_row(builder->reader, SECTION_MODULE, row->module - 1)
			    : NULL;

	if (module)
		frame.module = build_string(builder, module->path);
	if (module && native && !frame.function)
		frame_symbol(builder, module, &frame);
	return frame;
}

static void build_frames(struct builder *builder, struct call_site *site)
{
	const struct trace_site *row = reader_row(builder->reader, SECTION_SITE, site->row);

	site->language = row->language;
	for (uint32_t i = 0; i < row->depth && i < TRACE_FRAMES; i++)
		site->frames[site->depth++] =
			build_frame(builder, &row->frames[i], row->language <= LANGUAGE_C);
}

/* Adds up what a producer's cells say, by site. */
static void sum_sites(struct builder *builder, const struct producer *producer, uint64_t *sent)
{
	const struct reader *reader = builder->reader;

	for (uint32_t i = 0; i < reader_rows(reader, SECTION_CELL); i++) {
		const struct trace_cell *cell = reader_row(reader, SECTION_CELL, i);
		const struct trace_topic *topic =
			cell ? reader_row(reader, SECTION_TOPIC, cell->topic) : NULL;

		if (!topic || topic->producer != producer->row)
			continue;
		uint64_t count = cell->counts.messages[COUNT_SENT] -
				 cell->counts.messages[COUNT_UNROLLED];
		if (cell->site && cell->site <= reader_rows(reader, SECTION_SITE) &&
		    reader_row(reader, SECTION_SITE, cell->site - 1))
			sent[cell->site - 1] += count;
	}
}

static int by_messages(const void *a, const void *b)
{
	const struct call_site *left = a, *right = b;

	if (left->produced != right->produced)
		return left->produced < right->produced ? 1 : -1;
	return left->row < right->row ? -1 : left->row > right->row;
}

static int64_t share(const struct producer *producer, enum amount amount, bool all)
{
	int64_t sum = producer->tally.messages[amount];

	return all || sum == 0 ? sum : UNKNOWN;
}

static void producer_sites(struct builder *builder, struct producer *producer)
{
	uint32_t rows = reader_rows(builder->reader, SECTION_SITE);
	uint64_t *sent = model_alloc(builder->run, rows * sizeof *sent + 1);

	sum_sites(builder, producer, sent);
	size_t count = 0;
	for (uint32_t i = 0; i < rows; i++)
		count += sent[i] > 0;
	producer->sites = model_alloc(builder->run, count * sizeof *producer->sites + 1);
	for (uint32_t i = 0; i < rows; i++) {
		if (!sent[i])
			continue;
		struct call_site *site = &producer->sites[producer->site_count++];
		bool all = build_number(sent[i]) == producer->tally.messages[PRODUCED];

		site->row = i;
		site->produced = build_number(sent[i]);
		site->outstanding = share(producer, OUTSTANDING, all);
		site->failed = share(producer, FAILED, all);
		build_frames(builder, site);
	}
	qsort(producer->sites, producer->site_count, sizeof *producer->sites, by_messages);
}

void build_sites(struct builder *builder)
{
	for (size_t i = 0; i < builder->process->producer_count; i++)
		producer_sites(builder, &builder->process->producers[i]);
}
