/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build.c - from a trace to the model: the order of the steps, and what they share.
 */
#include "build/build.h"
#include "build/exec_chain.h"

#include <stdlib.h>
#include <string.h>

int64_t build_number(uint64_t counter)
{
	return counter > BUILD_NUMBER_MAX ? BUILD_NUMBER_MAX : (int64_t)counter;
}

int64_t build_percentile(const uint32_t *buckets, unsigned count, unsigned thousandths)
{
	uint64_t total = 0, seen = 0;

	for (unsigned i = 0; i < count; i++)
		total += buckets[i];
	for (unsigned i = 0; i < count; i++) {
		seen += buckets[i];
		if (seen && seen * 1000 >= total * thousandths)
			return i;
	}
	return UNKNOWN;
}

const char *build_string(struct builder *builder, trace_string at)
{
	const char *text = reader_string(builder->reader, at);

	return text ? model_text(builder->run, text, strlen(text)) : NULL;
}

struct producer *build_producer_at(struct builder *builder, uint32_t row)
{
	if (row >= reader_rows(builder->reader, SECTION_PRODUCER) ||
	    builder->producer_of[row] < 0)
		return NULL;
	return &builder->process->producers[builder->producer_of[row]];
}

struct process *build_new_process(struct run *run)
{
	struct process *grown =
		realloc(run->processes, (run->process_count + 1) * sizeof *grown);

	if (!grown)
		abort();
	run->processes = grown;
	struct process *process = &grown[run->process_count++];
	*process = (struct process){
		.pid = UNKNOWN,
		.ppid = UNKNOWN,
		.start_realtime_ns = UNKNOWN,
		.duration_ns = UNKNOWN,
		.status = UNKNOWN,
		.signal = UNKNOWN,
		.end_ns = UNKNOWN,
		.dropped_events = UNKNOWN,
	};
	return process;
}

static void copy_faults(struct builder *builder)
{
	const struct reader *reader = builder->reader;
	struct process *process = builder->process;
	struct fault *faults =
		model_alloc(builder->run, reader->fault_count * sizeof *faults + 1);

	for (size_t i = 0; i < reader->fault_count; i++) {
		faults[i] = reader->faults[i];
		const char *what =
			model_text(builder->run, faults[i].what, strlen(faults[i].what));
		memcpy(faults[i].what, what, strlen(what) + 1);
	}
	process->faults = faults;
	process->fault_count = reader->fault_count;
	process->damaged = reader->fault_count > 0;
}

static uint64_t dropped_in(const struct reader *reader, enum trace_section_kind kind)
{
	return reader->sections[kind].dropped;
}

static void count_dropped(struct builder *builder)
{
	const struct reader *reader = builder->reader;
	struct process *process = builder->process;
	const struct trace_process *row = reader_row(reader, SECTION_PROCESS, 0);

	process->dropped_events =
		build_number(row->events_dropped + reader_events_overwritten(reader));
	process->dropped_sockets = build_number(dropped_in(reader, SECTION_SOCKET));
	process->dropped_rows = build_number(
		dropped_in(reader, SECTION_PRODUCER) + dropped_in(reader, SECTION_TOPIC) +
		dropped_in(reader, SECTION_CELL) + dropped_in(reader, SECTION_SOCKET) +
		dropped_in(reader, SECTION_SITE));
	process->sends_unseen = build_number(row->sends_unseen);
	process->recycled_sockets = build_number(row->recycled_sockets);
}

void build_trace(struct run *run, const char *path, const struct reader *reader)
{
	struct builder builder = {.run = run, .reader = reader};

	builder.process = build_new_process(run);
	builder.process->trace = model_text(run, path, strlen(path));
	copy_faults(&builder);
	build_process(&builder);
	count_dropped(&builder);
	images_end_earlier(run, builder.process);
	build_producers(&builder);
	build_topics(&builder);
	build_sites(&builder);
	build_sockets(&builder);
	build_links(&builder);
	build_flight(&builder);
	build_series(&builder);
	for (size_t i = 0; i < builder.process->producer_count; i++)
		tally_add(&run->tally, &builder.process->producers[i].tally);
}
