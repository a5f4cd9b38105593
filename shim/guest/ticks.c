/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ticks.c - see ticks.h. Called at most a few hundred times a second, except in
 * the first 10 ms of the first thread that sends.
 */
#include "guest/ticks.h"

#include <errno.h>
#include <sys/prctl.h>

#include "guest/state.h"

#define GOOD_FOR_NS 4000000
#define MEASURED_NS 10000000 /* both read to 50 ns: right to 5 in a million */
#define OFF_NS 20000
#define MISSES_MOST 32
/* Reading the clock between two reads of the counter takes 50 to 100 ns; if the thread was
 * preempted in between, the pair is not used. */
#define PAIR_TICKS 20000

enum { TICKS_UNASKED = 0, TICKS_ALLOWED = 1, TICKS_REFUSED = 2 };

static bool may_read(void)
{
	uint32_t allowed = __atomic_load_n(&guest->ticks_allowed, __ATOMIC_RELAXED);

	if (UNLIKELY(allowed == TICKS_UNASKED)) {
		int mode = PR_TSC_ENABLE;
		long result = RAW_2(SYS_prctl, PR_GET_TSC, &mode);

		/* A kernel without PR_GET_TSC does not forbid reading the counter. */
		allowed = result == 0 && mode != PR_TSC_ENABLE ? TICKS_REFUSED : TICKS_ALLOWED;
		__atomic_store_n(&guest->ticks_allowed, allowed, __ATOMIC_RELAXED);
	}
	return allowed == TICKS_ALLOWED;
}

static void drop(struct ticks *ticks)
{
	ticks->rate = 0;
	ticks->good_for = 0;
	ticks->anchor = 0;
	ticks->misses++;
	__atomic_store_n(&guest->ticks_rate, 0, __ATOMIC_RELAXED);
}

/* Compares counter and clock since the last anchor: computes the thread's rate if it has none
 * yet, and else checks it. */
static void compare(struct ticks *ticks, uint64_t count, int64_t now_ns)
{
	uint64_t since = count - ticks->anchor;
	int64_t passed_ns = now_ns - ticks->anchor_ns;

	if (!ticks->rate) {
		if (passed_ns < MEASURED_NS || passed_ns > 1000 * (int64_t)MEASURED_NS ||
		    !since)
			return;
		ticks->rate =
			(uint64_t)(((unsigned __int128)(uint64_t)passed_ns << 32) / since);
		__atomic_store_n(&guest->ticks_rate, ticks->rate, __ATOMIC_RELAXED);
		return;
	}
	int64_t predicted_ns =
		(int64_t)(uint64_t)((unsigned __int128)since * ticks->rate >> 32);
	int64_t off_ns = predicted_ns - passed_ns;

	/* NTP changes the clock's rate by 500 in a million at most. */
	if (off_ns > OFF_NS + passed_ns / 1000 || off_ns < -OFF_NS - passed_ns / 1000)
		drop(ticks);
}

/* Keeps errno, which the callers around a write do not save: where clock_gettime() is a system
 * call, and a seccomp filter forbids it, errno would be changed. */
static int64_t clock_ns(void)
{
	int error = errno;
	int64_t now_ns = guest_now_ns();

	errno = error;
	return now_ns;
}

int64_t ticks_anchor(struct guest_thread *self)
{
	struct ticks *ticks = &self->ticks;

	if (ticks->misses > MISSES_MOST || !may_read())
		return clock_ns();
	uint64_t before = ticks_read();
	int64_t now_ns = clock_ns();
	uint64_t took = ticks_read() - before;

	if (took > PAIR_TICKS)
		return now_ns;
	uint64_t count = before + took / 2;

	if (ticks->anchor)
		compare(ticks, count, now_ns);
	else
		ticks->rate = __atomic_load_n(&guest->ticks_rate, __ATOMIC_RELAXED);
	/* Until there is a rate, it is measured from the first anchor. */
	if (ticks->rate || !ticks->anchor ||
	    now_ns - ticks->anchor_ns > 1000 * (int64_t)MEASURED_NS) {
		ticks->anchor = count;
		ticks->anchor_ns = now_ns;
		ticks->good_for = ticks->rate ? ((uint64_t)GOOD_FOR_NS << 32) / ticks->rate : 0;
	}
	return now_ns;
}
