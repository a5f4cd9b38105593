/* SPDX-License-Identifier: Apache-2.0 */
/*
 * series.h - the whole life of the process in TRACE_MOMENTS points.
 *
 * At borders in time, at first 50 ms apart, the totals of the process are
 * written down (SECTION_MOMENT) by the first thread that makes a call after the
 * border: before it counts what it has just done, so a moment holds what was
 * done before its border. When all rows are taken the width doubles and the
 * rows are folded in place, without a lock: a thread that finds another one at
 * it does not wait.
 *
 * A moment holds totals, and a row is copied before it is overwritten. So a
 * process that is killed at any instant, also in the middle of folding, leaves
 * moments that are true; at most the one being written is missing.
 */
#ifndef UNFLUSHED_TRACE_SERIES_H
#define UNFLUSHED_TRACE_SERIES_H

#include "guest/guest.h"
#include "trace/map.h"

#define SERIES_WIDTH_NS 50000000

/* `now_ns` (CLOCK_MONOTONIC) is past a border: adds the moment. Not from a signal handler that
 * interrupted the guest's code. */
void series_pass(int64_t now_ns);

static inline void series_look(int64_t now_ns)
{
	if (UNLIKELY(now_ns >= __atomic_load_n(&trace->series_next_ns, __ATOMIC_RELAXED)))
		series_pass(now_ns);
}

/* Notes a send buffer's fill, in 1/1000, if it is the largest since the last moment. */
void series_fill(uint32_t permille);

#endif
