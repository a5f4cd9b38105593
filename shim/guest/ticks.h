/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ticks.h - CLOCK_MONOTONIC from the processor's counter, for half of what clock_gettime()
 * costs: for the path of a send.
 *
 * The processor's counter (13 ns against clock_gettime's 28), turned into
 * CLOCK_MONOTONIC by what the thread saw of both at its last anchor, at most 4
 * ms ago: right to well under a microsecond. Every anchor compares what was
 * predicted with the clock; a counter that is off by more than 20 us (a machine
 * moved or asleep, processors that disagree) is measured again, and given up
 * for this thread if it stays off. Then, and where the counter may not be read
 * (PR_SET_TSC), the clock is asked every time.
 */
#ifndef UNFLUSHED_GUEST_TICKS_H
#define UNFLUSHED_GUEST_TICKS_H

#include <stdint.h>

#include "guest/guest.h"

static inline uint64_t ticks_read(void)
{
#if defined(__x86_64__)
	return __builtin_ia32_rdtsc();
#else
	uint64_t count;

	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(count));
	return count;
#endif
}

int64_t ticks_anchor(struct guest_thread *self);

static inline int64_t ticks_now_ns(struct guest_thread *self)
{
	if (LIKELY(self->ticks.good_for)) {
		uint64_t since = ticks_read() - self->ticks.anchor;

		if (LIKELY(since < self->ticks.good_for))
			return self->ticks.anchor_ns +
			       (int64_t)(since * self->ticks.rate >> 32);
	}
	return ticks_anchor(self);
}

#endif
