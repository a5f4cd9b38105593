/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_series.c - the moments of a process, with its totals at the end as the last one.
 */
#include "build/builder.h"

#include <stdlib.h>

#include "memory/memory.h"
#include "model/number.h"
#include "model/series.h"

/* Unknown numbers are left out. */
static void add(int64_t *sum, int64_t more)
{
	if (more != UNKNOWN)
		*sum = number_sum(*sum, more);
}

/* The totals at the end come from the counters, which grow after the last moment. */
static struct moment last_moment(const struct builder *builder)
{
	const struct process *process = builder->process;
	const struct trace_process *row = reader_row(builder->reader, SECTION_PROCESS, 0);
	struct moment moment = {
		.at_ns = process->end_ns,
		.accepted_bytes = number_of(row->recycled_accepted_bytes),
		.stalled_ns = number_of(row->recycled_stalled_ns),
		.requests = number_of(row->recycled_requests),
		.fill_max = UNKNOWN,
	};

	for (size_t i = 0; i < process->socket_count; i++) {
		add(&moment.accepted_bytes, process->sockets[i].accepted_bytes);
		add(&moment.stalled_ns, process->sockets[i].stalled_ns);
		add(&moment.requests, process->sockets[i].produce_requests);
	}
	for (size_t i = 0; i < process->producer_count; i++) {
		const int64_t *messages = process->producers[i].tally.messages;

		add(&moment.produced, messages[PRODUCED]);
		add(&moment.delivered, messages[DELIVERED]);
		add(&moment.settled, messages[DELIVERED]);
		add(&moment.settled, messages[UNCONFIRMED]);
		add(&moment.settled, messages[FAILED]);
		add(&moment.settled, messages[PURGED]);
	}
	return moment;
}

static int64_t more(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void close_series(const struct builder *builder)
{
	struct process *process = builder->process;
	struct moment last = last_moment(builder);

	if (process->end_ns == UNKNOWN || process->end_ns < process->trace_start_ns)
		return;
	if (process->moment_count) {
		const struct moment *before = &process->moments[process->moment_count - 1];

		if (before->at_ns >= last.at_ns)
			return;
		/* Messages with acks=0 that were never written are subtracted from the settled
		 * ones. */
		last.accepted_bytes = more(last.accepted_bytes, before->accepted_bytes);
		last.stalled_ns = more(last.stalled_ns, before->stalled_ns);
		last.requests = more(last.requests, before->requests);
		last.produced = more(last.produced, before->produced);
		last.delivered = more(last.delivered, before->delivered);
		last.settled = more(last.settled, before->settled);
	}
	process->moments[process->moment_count++] = last;
}

void build_series(struct builder *builder)
{
	struct process *process = builder->process;
	const struct trace_process *row = reader_row(builder->reader, SECTION_PROCESS, 0);
	uint32_t rows = reader_rows(builder->reader, SECTION_MOMENT);
	uint32_t count = reader_complete(builder->reader, SECTION_MOMENT);
	struct trace_moment *complete = memory_zeroed(count, sizeof *complete);

	count = 0;
	for (uint32_t i = 0; i < rows; i++) {
		const struct trace_moment *moment =
			reader_row(builder->reader, SECTION_MOMENT, i);

		if (moment && moment->at_ns >= process->trace_start_ns &&
		    moment->at_ns <= NUMBER_MAX)
			complete[count++] = *moment;
	}
	process->series_width_ns =
		row->series_width_ns > 0 ? number_at(row->series_width_ns) : UNKNOWN;
	if (process->series_width_ns != UNKNOWN) {
		process->moments =
			model_alloc(builder->run, (count + 1) * sizeof *process->moments);
		process->moment_count = series_take(complete, count, process->moments);
		close_series(builder);
	}
	free(complete);
}
