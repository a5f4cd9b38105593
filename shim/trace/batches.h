/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batches.h - how long batches wait in the client, and how long it takes to write them.
 *
 *	produce ──── in the client ────▶ first byte ──── writing ────▶ last byte
 *	└ of a batch's oldest message ┘  └────── of its Produce request ──────┘
 *
 * Counted per producer (a row of SECTION_PRODUCER), once a batch and once a request: nothing
 * is measured as a message is produced. Any thread, while a trace is recorded; no lock.
 */
#ifndef UNFLUSHED_TRACE_BATCHES_H
#define UNFLUSHED_TRACE_BATCHES_H

#include "trace/map.h"
#include "trace/writer.h"

/* A batch has left the client, or is about to: its oldest message has been in the client for
 * `took_ns`. Negative: not known, and nothing is counted. */
static inline void batches_queued(uint32_t producer, int64_t took_ns)
{
	struct trace_producer *row = &trace->producers[producer];

	if (took_ns < 0)
		return;
	writer_add_shared(&row->queued_us, (uint64_t)took_ns / 1000);
	writer_max(&row->queued_max_us, (uint64_t)took_ns / 1000);
	writer_add_shared(&row->queued_batches, 1);
}

/* A Produce request was written whole, `took_ns` after its first byte was offered. Negative:
 * not known, and nothing is counted. */
static inline void batches_written(uint32_t producer, int64_t took_ns)
{
	struct trace_producer *row = &trace->producers[producer];

	if (took_ns < 0)
		return;
	writer_add_shared(&row->writing_us, (uint64_t)took_ns / 1000);
	writer_max(&row->writing_max_us, (uint64_t)took_ns / 1000);
	writer_add_shared(&row->writing_requests, 1);
}

#endif
