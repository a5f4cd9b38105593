/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build.c - from a trace to the model: the order of the steps.
 */
#include "build/build.h"

#include <string.h>

#include "build/builder.h"
#include "build/exec_chain.h"
#include "model/number.h"

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
		number_of(row->events_dropped + reader_events_overwritten(reader));
	process->dropped_sockets = number_of(dropped_in(reader, SECTION_SOCKET));
	process->dropped_rows = number_of(
		dropped_in(reader, SECTION_PRODUCER) + dropped_in(reader, SECTION_TOPIC) +
		dropped_in(reader, SECTION_CELL) + dropped_in(reader, SECTION_SOCKET) +
		dropped_in(reader, SECTION_SITE));
	process->sends_unseen = number_of(row->sends_unseen);
	process->recycled_sockets = number_of(row->recycled_sockets);
}

static int64_t more_than(uint64_t a, uint64_t b)
{
	return a > b ? number_of(a - b) : 0;
}

/*
 * Messages that were handed to the send() of clients written in Python or Java, and are neither
 * produced nor rejected; and calls of librdkafka that were waiting for room in its queue.
 */
static int64_t inside_send(const struct builder *builder)
{
	const struct process *process = builder->process;
	const struct trace_process *row = reader_row(builder->reader, SECTION_PROCESS, 0);
	uint32_t threads = reader_rows(builder->reader, SECTION_THREAD);
	uint64_t offered = row->offered, taken = 0;

	for (uint32_t i = 0; i < threads; i++) {
		const struct trace_thread *thread =
			reader_row(builder->reader, SECTION_THREAD, i);

		offered += thread ? thread->offered : 0;
	}
	for (size_t i = 0; i < process->producer_count; i++) {
		const int64_t *messages = process->producers[i].tally.messages;

		if (process->producers[i].client != CLIENT_LIBRDKAFKA)
			taken += (uint64_t)(messages[PRODUCED] + messages[REJECTED]);
	}
	return more_than(offered, taken) + more_than(row->blocking_began, row->blocking_ended);
}

static const char *bytes_kept(struct run *run, const char *text)
{
	size_t bytes = strlen(text) + 1;

	return memcpy(model_alloc(run, bytes), text, bytes);
}

void build_trace(struct run *run, const char *path, const struct reader *reader)
{
	struct builder builder = {.run = run, .reader = reader};

	builder.process = build_new_process(run);
	builder.process->trace = model_text(run, path, strlen(path));
	builder.process->path = bytes_kept(run, path);
	copy_faults(&builder);
	build_process(&builder);
	count_dropped(&builder);
	exec_chain_end_earlier(run, builder.process);
	build_producers(&builder);
	build_topics(&builder);
	builder.process->inside_send = inside_send(&builder);
	build_sites(&builder);
	build_channels(&builder);
	build_sockets(&builder);
	build_links(&builder);
	build_peers(&builder);
	build_stages(&builder);
	build_flight(&builder);
	build_sites_unsent(&builder);
	build_series(&builder);
	for (size_t i = 0; i < builder.process->producer_count; i++)
		tally_add(&run->tally, &builder.process->producers[i].tally);
}
