/* SPDX-License-Identifier: Apache-2.0 */
/*
 * large.h - large messages (TRACE_LARGE_BYTES and more): when each stage was reached.
 *
 *	send() ─▶ built ─▶ requested ─▶ first byte ─▶ last byte ─▶ ended
 *	└──── a client's room ─────┘    └──── socket/ ────┘     a client's room
 *
 * A client's room knows the message by its batch, and `socket/` by the request's number on
 * its connection. So a client that uses this says of each of its Produce
 * requests which connection it is handed to (owners_descriptor_is()), also of those without a
 * large message. Where frames cannot be read, the last stages stay unseen.
 *
 * A message may have no row (0): then it is in the sums alone, as far as it gets without one.
 * Any thread, while a trace is recorded; no lock. Times are CLOCK_MONOTONIC, in ns.
 */
#ifndef UNFLUSHED_TRACE_LARGE_H
#define UNFLUSHED_TRACE_LARGE_H

#include <stdint.h>

#include "trace/map.h"

/* A number for a batch with a large message in it; never 0. */
uint32_t large_batch(void);

/* A message entered `batch`, whose send() was called at `began_ns` (0: not known); `producer`
 * is a row of SECTION_PRODUCER, `site` one of SECTION_SITE plus 1. Returns the row of
 * SECTION_LARGE plus 1; 0: none was free. */
uint32_t large_begin(uint32_t producer, uint32_t site, uint32_t batch, uint64_t bytes,
		     int64_t began_ns);

/* The send() of a message returned after `took_ns`. `large` is large_begin()'s, or 0. */
void large_sent(uint32_t large, uint32_t producer, int64_t took_ns, int64_t cpu_ns);

/* The client has encoded the whole batch, which has so many bytes. */
void large_built(uint32_t batch, uint32_t producer, uint64_t bytes, int64_t took_ns,
		 int64_t cpu_ns);

/* The batch was put into the next request that the connection gets; `request` is what
 * owners_descriptor_is() said of that. */
void large_requested(uint32_t batch, uint64_t request);

/* What is known of the request that its batch went into, once its client calls it done: 0 is
 * not known, and TRACE_UNKNOWN of the processor time. Instead of the three above. */
void large_carried(struct trace_large *row, int64_t offered_ns, int64_t written_ns,
		   int64_t build_cpu_ns);

/* The same of the messages of a batch that are under way. */
void large_batch_carried(uint32_t batch, int64_t offered_ns, int64_t written_ns);

/* Undoes large_begin(): the message is in no batch after all. `large` is not 0. */
void large_taken_back(uint32_t large);

/* The batch has come to this end (COUNT_DELIVERED: the broker answered). */
void large_ended(uint32_t batch, enum trace_count end);

/* The Produce request of this number on its connection, from 1: its first bytes, or all of
 * them, were taken by now; `began_ns`: by a write that began then. */
void large_first_byte(uint32_t socket, uint64_t number, int64_t began_ns);
void large_last_byte(uint32_t socket, uint64_t number, int64_t now_ns);

/* Whether a large message waits for the first or the last byte of its request. */
static inline bool large_waits(void)
{
	return __atomic_load_n(&trace->large_waiting, __ATOMIC_RELAXED);
}

/* One number for a connection (row of SECTION_SOCKET) and one of its Produce requests. */
static inline uint64_t large_request(uint32_t socket, uint64_t number)
{
	return (uint64_t)(socket + 1) << 32 | (uint32_t)number;
}

#endif
