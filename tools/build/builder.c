/* SPDX-License-Identifier: Apache-2.0 */
/*
 * builder.c - see builder.h.
 */
#include "build/builder.h"

#include <string.h>

#include "memory/memory.h"
#include "model/number.h"

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

struct build_latency build_latency(const uint32_t *buckets, uint64_t max_us)
{
	const struct build_latency unknown = {UNKNOWN, UNKNOWN, UNKNOWN};
	int64_t most_us = number_of(max_us);
	int64_t p50 = build_percentile(buckets, TRACE_HISTOGRAM, 500);
	int64_t p99 = build_percentile(buckets, TRACE_HISTOGRAM, 990);

	if (p50 == UNKNOWN || most_us > INT64_MAX / 1000)
		return unknown;
	/* A bucket stands for the values up to the next one's floor. */
	int64_t p50_us = number_of(trace_bucket_floor((unsigned)p50 + 1));
	int64_t p99_us = number_of(trace_bucket_floor((unsigned)p99 + 1));

	return (struct build_latency){
		.p50_ns = (p50_us < most_us ? p50_us : most_us) * 1000,
		.p99_ns = (p99_us < most_us ? p99_us : most_us) * 1000,
		.max_ns = most_us * 1000,
	};
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
