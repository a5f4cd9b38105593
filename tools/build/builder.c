/* SPDX-License-Identifier: Apache-2.0 */
/*
 * builder.c - see builder.h.
 */
#include "build/builder.h"

#include <string.h>

#include "memory/memory.h"

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
	run->processes =
		memory_grown(run->processes, run->process_count + 1, sizeof *run->processes);
	struct process *process = &run->processes[run->process_count++];

	*process = (struct process){
		.pid = UNKNOWN,
		.ppid = UNKNOWN,
		.start_realtime_ns = UNKNOWN,
		.duration_ns = UNKNOWN,
		.status = UNKNOWN,
		.signal = UNKNOWN,
		.end_ns = UNKNOWN,
		.dropped_events = UNKNOWN,
		.withheld.patience_ns = UNKNOWN,
	};
	return process;
}
