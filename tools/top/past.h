/* SPDX-License-Identifier: Apache-2.0 */
/*
 * past.h - a lower bound for the age of a producer's oldest outstanding message.
 *
 *	produced  ^             . 100 at t2
 *	          |       . 60 at t1            By now 50 have ended. 60 had been
 *	          | . 40 at t0                  produced at t1: 10 of those, at least, are
 *	          +----------------------> t    outstanding, in any order. So the oldest
 *	            t0    t1    t2    now       is at least as old as t1. Of t0 that is not so.
 *
 * A mark at which fewer messages were produced than have ended by now is
 * dropped: the number that has ended only grows, so such a mark never gives a
 * bound again. The first mark that is left is the bound.
 */
#ifndef UNFLUSHED_TOP_PAST_H
#define UNFLUSHED_TOP_PAST_H

#include <stddef.h>
#include <stdint.h>

/* When all are used every second mark is dropped, never the first, and new marks are made at
 * twice the distance: so the distances stay equal, however long the time is. */
#define PAST_MARKS 128

struct past {
	struct past_mark {
		int64_t at_ns, produced;
	} marks[PAST_MARKS];
	size_t mark_count;
	int64_t distance_ns;
	int64_t delivered,
		delivered_at_ns; /* when `delivered` was reached; UNKNOWN: nothing is noted */
};

void past_begin(struct past *past);
/* Notes how many messages had been produced, ended and been delivered at `at_ns`. Times must
 * not decrease. UNKNOWN amounts are ignored. */
void past_note(struct past *past, int64_t at_ns, int64_t produced, int64_t ended,
	       int64_t delivered);
/* A time at which the oldest outstanding message had been produced already; or UNKNOWN. */
int64_t past_oldest_ns(const struct past *past);
/* A time since which nothing was delivered; or UNKNOWN. */
int64_t past_delivered_ns(const struct past *past);

#endif
