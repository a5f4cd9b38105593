/* SPDX-License-Identifier: Apache-2.0 */
/*
 * large_drained.h - large messages of a client that says when a batch leaves its queue.
 *
 * The Java client's sender takes batches for one node or several, and then writes a request
 * for each. So what was taken since the last request is in the next one, if that holds as many
 * records and its first byte was written after that; if it does not, which batch is in which
 * request is not known, and stays so.
 *
 * Calls about a producer (row of SECTION_PRODUCER) are made by one thread at a time, its
 * sender's, while a trace is recorded. No lock.
 */
#ifndef UNFLUSHED_TRACE_LARGE_DRAINED_H
#define UNFLUSHED_TRACE_LARGE_DRAINED_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/map.h"
#include "trace/owners.h"

/* Whether a large message was seen: true from large_drains_begin() on. */
static inline bool large_drains(void)
{
	return UNLIKELY(__atomic_load_n(&trace->large_drains, __ATOMIC_RELAXED));
}
void large_drains_begin(void);

/* A batch with so many records was taken out of the queue, to be sent. */
void large_drained(uint32_t producer, uint32_t batch, uint64_t records);

/* The calling thread, which is a producer's (owners.h), has written a Produce request whole. */
void large_drained_written(int32_t records, int64_t began_ns, int64_t now_ns);

#endif
