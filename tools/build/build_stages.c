/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_stages.c - where the time of large messages went, stage by stage.
 */
#include "build/builder.h"

#include <stdlib.h>

#include "model/number.h"

/* The time from one event to a later one; UNKNOWN if either was not seen. */
static int64_t between(int64_t from_ns, int64_t to_ns)
{
	return from_ns && to_ns >= from_ns ? to_ns - from_ns : UNKNOWN;
}

static const struct call_site *site_of(const struct producer *producer, uint32_t site)
{
	for (size_t i = 0; site && i < producer->site_count; i++)
		if (producer->sites[i].row == site - 1)
			return &producer->sites[i];
	return NULL;
}

static void large_add(struct builder *builder, const struct trace_large *row)
{
	struct process *process = builder->process;
	const struct producer *owner = build_producer_at(builder, row->producer);
	bool answered = row->end == COUNT_DELIVERED;

	if (!owner)
		return;
	process->large[process->large_count++] = (struct large_message){
		.producer = owner - process->producers,
		.site = site_of(owner, row->site),
		.bytes = number_of(row->bytes),
		.send_ns = row->send_ns ? number_of(row->send_ns) : UNKNOWN,
		.send_cpu_ns = row->send_ns ? number_of(row->send_cpu_ns) : UNKNOWN,
		.build_ns = row->build_ns ? number_of(row->build_ns) : UNKNOWN,
		.build_cpu_ns = row->built_ns ? number_of(row->build_cpu_ns) : UNKNOWN,
		.before_ns = between(row->began_ns, row->offered_ns),
		.writing_ns = between(row->offered_ns, row->written_ns),
		.answering_ns = answered ? between(row->written_ns, row->ended_ns) : UNKNOWN,
		.took_ns = between(row->began_ns, row->ended_ns),
	};
}

/* Messages that have not ended first, then the slowest. */
static int slower(const void *a, const void *b)
{
	const struct large_message *left = a, *right = b;
	int64_t left_ns = left->took_ns == UNKNOWN ? INT64_MAX : left->took_ns;
	int64_t right_ns = right->took_ns == UNKNOWN ? INT64_MAX : right->took_ns;

	return (left_ns < right_ns) - (left_ns > right_ns);
}

static void stages_fill(struct stages *stages, const struct trace_stages *row)
{
	*stages = (struct stages){
		.messages = number_of(row->messages),
		.bytes = number_of(row->bytes),
		.send_ns = row->send_ns ? number_of(row->send_ns) : UNKNOWN,
		.send_cpu_ns = row->send_ns ? number_of(row->send_cpu_ns) : UNKNOWN,
		.built_bytes = number_of(row->built_bytes),
		.build_ns = row->build_ns ? number_of(row->build_ns) : UNKNOWN,
		.build_cpu_ns = row->built_bytes ? number_of(row->build_cpu_ns) : UNKNOWN,
		.offered = number_of(row->offered),
		.before_ns = row->offered ? number_of(row->before_ns) : UNKNOWN,
		.before_max_ns = row->offered ? number_of(row->before_max_ns) : UNKNOWN,
		.written = number_of(row->written),
		.writing_ns = row->written ? number_of(row->writing_ns) : UNKNOWN,
		.answered = number_of(row->answered),
		.answering_ns = row->answered ? number_of(row->answering_ns) : UNKNOWN,
	};
}

/* The broker's part of each request's time, from all connections of a producer. */
static void answers_fill(const struct builder *builder, struct producer *producer)
{
	const struct process *process = builder->process;
	uint32_t buckets[TRACE_HISTOGRAM] = {0};
	uint64_t max_us = 0;

	for (size_t i = 0; i < process->socket_count; i++) {
		const struct socket *socket = &process->sockets[i];
		const struct trace_socket *row =
			socket->producer == producer - process->producers && !socket->shared
				? reader_row(builder->reader, SECTION_SOCKET, socket->row)
				: NULL;

		for (unsigned j = 0; row && j < TRACE_HISTOGRAM; j++)
			buckets[j] += row->latency[j];
		if (row && row->latency_max_us > max_us)
			max_us = row->latency_max_us;
	}
	const struct build_latency answers = build_latency(buckets, max_us);

	producer->answer_p50_ns = answers.p50_ns;
	producer->answer_p99_ns = answers.p99_ns;
	producer->answer_max_ns = answers.max_ns;
}

static int64_t from_us(uint64_t us)
{
	return us <= INT64_MAX / 1000 ? (int64_t)us * 1000 : UNKNOWN;
}

static struct spans spans(uint64_t count, uint64_t sum_us, uint64_t max_us)
{
	if (!count)
		return (struct spans){0, UNKNOWN, UNKNOWN};
	return (struct spans){
		.count = number_of(count),
		.mean_ns = from_us(sum_us / count),
		.max_ns = from_us(max_us),
	};
}

static void spans_fill(const struct builder *builder, struct producer *producer)
{
	static const struct trace_producer none;
	const struct trace_producer *found =
		reader_row(builder->reader, SECTION_PRODUCER, producer->row);
	const struct trace_producer *row = found ? found : &none;

	producer->queue_spans = spans(row->queued_batches, row->queued_us, row->queued_max_us);
	producer->writing_spans =
		spans(row->writing_requests, row->writing_us, row->writing_max_us);
}

void build_stages(struct builder *builder)
{
	const struct reader *reader = builder->reader;
	struct process *process = builder->process;

	process->large = model_alloc(
		builder->run,
		reader_complete(reader, SECTION_LARGE) * sizeof *process->large + 1);
	for (uint32_t i = 0; i < reader_rows(reader, SECTION_LARGE); i++) {
		const struct trace_large *row = reader_row(reader, SECTION_LARGE, i);

		if (row)
			large_add(builder, row);
	}
	qsort(process->large, process->large_count, sizeof *process->large, slower);
	for (size_t i = 0; i < process->producer_count; i++) {
		struct producer *producer = &process->producers[i];
		const struct trace_stages *row =
			reader_row(reader, SECTION_STAGES, producer->row);

		answers_fill(builder, producer);
		spans_fill(builder, producer);
		producer->stages.messages = UNKNOWN;
		if (row)
			stages_fill(&producer->stages, row);
	}
}
