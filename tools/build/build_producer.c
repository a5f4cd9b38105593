/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_producer.c - a producer's numbers: messages, reports, flushes, latencies, errors.
 */
#include "build/builder.h"

#include <string.h>

#include <librdkafka/rdkafka.h>

#include "model/number.h"

#define TRANSACTION_FINISHED(row) ((row)->transactions_committed + (row)->transactions_aborted)

static void producer_library(struct builder *builder, const struct trace_producer *row,
			     struct producer *producer)
{
	const struct trace_library *library =
		row->library ? reader_row(builder->reader, SECTION_LIBRARY, row->library - 1)
			     : NULL;

	if (library)
		producer->version = build_string(builder, library->version);
}

static void producer_latency(const struct trace_producer *row, struct producer *producer)
{
	const struct build_latency latency = build_latency(row->latency, row->latency_max_us);

	producer->latency_p50_ns = latency.p50_ns;
	producer->latency_p99_ns = latency.p99_ns;
	producer->latency_max_ns = latency.max_ns;
}

static void producer_errors(struct builder *builder, const struct trace_producer *row,
			    struct producer *producer)
{
	producer->errors = model_alloc(builder->run, TRACE_ERRORS * sizeof *producer->errors);
	for (int i = 0; i < TRACE_ERRORS; i++) {
		const struct trace_error *entry = &row->errors[i];

		if (!entry->code || !entry->messages)
			continue;
		const char *name =
			entry->code == TRACE_ERROR_OTHER
				? "other errors"
				: rd_kafka_err2name((rd_kafka_resp_err_t)entry->code);
		producer->errors[producer->error_count++] = (struct error){
			.code = entry->code,
			.name = model_text(builder->run, name, strlen(name)),
			.rejected = entry->count == COUNT_REJECTED,
			.entry = (uint32_t)i,
			.messages = number_of(entry->messages),
			.retried = UNKNOWN,
		};
	}
}

/* "key=value" lines; other lines are left out. */
static void producer_settings(struct builder *builder, const struct trace_producer *row,
			      struct producer *producer)
{
	const char *lines = reader_string(builder->reader, row->configuration);
	size_t most = 1;

	if (!lines)
		return;
	for (const char *at = lines; *at; at++)
		most += *at == '\n';
	struct setting *settings = model_alloc(builder->run, most * sizeof *settings);
	for (const char *line = lines; *line; line += strspn(line, "\n")) {
		size_t length = strcspn(line, "\n"), key = strcspn(line, "=\n");

		if (key && key < length)
			settings[producer->setting_count++] = (struct setting){
				.key = model_text(builder->run, line, key),
				.value = model_text(builder->run, line + key + 1,
						    length - key - 1),
			};
		line += length;
	}
	producer->settings = settings;
}

static void producer_facts(struct builder *builder, const struct trace_producer *row,
			   struct producer *producer)
{
	producer->client = row->client;
	producer->state = row->state;
	producer->flags = row->flags;
	producer->name = build_string(builder, row->name);
	producer->client_id = build_string(builder, row->client_id);
	producer->acks = row->acks == TRACE_UNKNOWN ? UNKNOWN : row->acks;
	producer->flush_calls = number_of(row->flush_calls);
	producer->flush_timeouts = number_of(row->flush_timeouts);
	producer->flush_waited_ns = number_of(row->flush_waited_ns);
	producer->blocked_ns =
		row->client == CLIENT_LIBRDKAFKA ? number_of(row->blocked_ns) : UNKNOWN;
	producer->flush_result = row->flush_calls && row->flush_result != TRACE_UNKNOWN
					 ? row->flush_result
					 : UNKNOWN;
	/* The clock is coarse (some milliseconds): good enough to choose a text,
	 * not for a verdict. */
	producer->flush_was_last =
		row->flush_calls && row->flush_ended_ns >= row->produced_last_ns;
	producer->purge_calls = number_of(row->purge_calls);
	producer->rejected_retried = number_of(row->rejected_retried);
	producer->requests_sent = number_of(row->requests_sent);
	producer->requests_answered = number_of(row->requests_answered);
	producer->transactions_committed = number_of(row->transactions_committed);
	producer->transactions_aborted = number_of(row->transactions_aborted);
	producer->flush_began_ns = UNKNOWN;
	producer->transaction_open = row->flags & PRODUCER_IN_TRANSACTION ||
				     row->transactions_begun > TRANSACTION_FINISHED(row);
}

void build_producers(struct builder *builder)
{
	struct process *process = builder->process;
	uint32_t rows = reader_rows(builder->reader, SECTION_PRODUCER);

	process->producers =
		model_alloc(builder->run, reader_complete(builder->reader, SECTION_PRODUCER) *
							  sizeof *process->producers +
						  1);
	builder->producer_of =
		model_alloc(builder->run, rows * sizeof *builder->producer_of + 1);
	for (uint32_t i = 0; i < rows; i++) {
		const struct trace_producer *row =
			reader_row(builder->reader, SECTION_PRODUCER, i);

		builder->producer_of[i] = -1;
		if (!row || row->state == PRODUCER_REFUSED || row->state > PRODUCER_REFUSED)
			continue;
		builder->producer_of[i] = (int32_t)process->producer_count;
		struct producer *producer = &process->producers[process->producer_count++];
		producer->row = i;
		producer_facts(builder, row, producer);
		producer_library(builder, row, producer);
		producer_settings(builder, row, producer);
		producer_latency(row, producer);
		producer_errors(builder, row, producer);
	}
}
