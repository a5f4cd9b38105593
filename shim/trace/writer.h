/* SPDX-License-Identifier: Apache-2.0 */
/*
 * writer.h - claims rows and strings in the trace, adds to counters, commits
 * events.
 *
 * Wait-free: a claim is one atomic addition or exchange, an event a few
 * stores into the thread's own ring and one release of its head. What does
 * not fit is counted where it did not fit. Only to be called while RECORDING
 * (record_ready() said true).
 */
#ifndef UNFLUSHED_TRACE_WRITER_H
#define UNFLUSHED_TRACE_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/format.h"
#include "guest/guest.h"
#include "trace/map.h"

#define WRITER_NONE UINT32_MAX
#define WRITER_STRINGS_BEGIN sizeof(uint64_t) /* 0 is "no string" */

struct trace_section *writer_section(enum trace_section_kind kind);

/* The next free row of a section that is claimed in order, or WRITER_NONE. */
uint32_t writer_claim(enum trace_section_kind kind);

/* Copies `bytes` (at most 65535) of text; 0 when the table is full. */
trace_string writer_string(const char *text, size_t bytes);
/* The same, or one that is there already: looks through all of them, so not for the path of
 * a call. */
trace_string writer_string_once(const char *text, size_t bytes);
const char *writer_string_text(trace_string string, size_t *bytes);

/* This thread's row of SECTION_THREAD plus 1, taken at need; 0 = none. */
uint16_t writer_thread(void);

/* Appends an event to this thread's ring. Without a ring, or in a signal handler that
 * interrupted the guest's code, the event is counted as dropped. */
void writer_event(enum trace_event_kind kind, uint32_t object, int64_t a, int64_t b);
void writer_event_at(int64_t at_ns, enum trace_event_kind kind, uint32_t object, int64_t a,
		     int64_t b);

/* Small writes are joined into one event up to these bounds, so that a ring holds a second of
 * them and not a millisecond. */
#define WRITER_RUN_NS 1000000
#define WRITER_RUN_BYTES 4096

/*
 * Adds a write that went out whole to the event before, if that is one of small writes, too.
 * Killed in between, the event is short of a write: events are detail, and the counters have
 * it.
 */
static inline bool writer_joins_run(const struct guest_thread *self, int64_t at_ns,
				    uint32_t row, int64_t bytes)
{
	struct trace_event *run = self->run;

	if (!run || run->object != row || at_ns - run->at_ns > WRITER_RUN_NS ||
	    bytes > WRITER_RUN_BYTES || run->flags == UINT16_MAX)
		return false;
	run->flags++;
	run->a += bytes;
	run->b += bytes;
	return true;
}

/* EVENT_WRITE; small whole writes in a row become one event. */
void writer_write_event(int64_t at_ns, uint32_t object, int64_t offered, int64_t result);

/*
 * The row of (producer, topic, partition); the producer's catch-all row when
 * there is no room. Two threads may make a row twice: readers add them up.
 */
uint32_t writer_topic(uint32_t producer, const char *topic, int32_t partition,
		      uint32_t catch_all);

/* This thread's private cell of a topic row and a site; NULL: there is none, and the caller
 * counts in the topic row. */
struct trace_cell *writer_cell(uint32_t topic, uint32_t site);

#define WRITER_READY 2 /* a row's state: complete */

/* The same where `last` was this thread's cell before (or NULL): a producer's lines come in
 * turns, and what came after a cell once is likely to come again. What is remembered of that
 * is only where to look first. */
static inline struct trace_cell *writer_cell_after(const struct trace_cell *last,
						   uint32_t topic, uint32_t site)
{
	if (UNLIKELY(!last))
		return writer_cell(topic, site);
	uint16_t *after = &trace->cell_after[last - trace->cells];
	struct trace_cell *cell = &trace->cells[*after];

	if (LIKELY(cell->site == site && cell->topic == topic && cell->thread == last->thread &&
		   __atomic_load_n(&cell->state, __ATOMIC_ACQUIRE) == WRITER_READY))
		return cell;
	cell = writer_cell(topic, site);
	if (cell)
		*after = (uint16_t)(cell - trace->cells);
	return cell;
}

/* For counters that this thread alone writes: no bus lock, never torn. */
static inline void writer_add(uint64_t *counter, uint64_t n)
{
	__atomic_store_n(counter, __atomic_load_n(counter, __ATOMIC_RELAXED) + n,
			 __ATOMIC_RELAXED);
}

static inline void writer_add_shared(uint64_t *counter, uint64_t n)
{
	__atomic_fetch_add(counter, n, __ATOMIC_RELAXED);
}

static inline void writer_max(uint64_t *counter, uint64_t value)
{
	uint64_t old = __atomic_load_n(counter, __ATOMIC_RELAXED);

	while (old < value && !__atomic_compare_exchange_n(counter, &old, value, true,
							   __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

#endif
