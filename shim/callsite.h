/* SPDX-License-Identifier: Apache-2.0 */
/*
 * callsite.h - the line of code that produces.
 */
#ifndef UNFLUSHED_CALLSITE_H
#define UNFLUSHED_CALLSITE_H

#include <stdint.h>

/*
 * How much of the place is taken: a setting's word, and what it means. The
 * first is the default. Python's own file and line are kept in all but "off".
 *
 * The whole stack is the default, for less of it is no cheaper where a thread
 * produces in a loop (tests/bench/run, 100 bytes, stacks of 5 frames, 2 cores,
 * medians): one thread 706 ns off, 711 address, 674 stack, 619 without the
 * shim; four threads 2457, 2560, 2594, 2332. The levels' ranges overlap.
 */
#define SITE_LEVELS(_) \
	_(STACK, "stack")     /* the return addresses up to main, by libunwind */ \
	_(ADDRESS, "address") /* the call's return address alone; no libunwind */ \
	_(OFF, "off")	      /* nothing: site 0 for every message */

enum site_level {
#define LEVEL(name, word) SITES_##name,
	SITE_LEVELS(LEVEL)
#undef LEVEL
};

extern enum site_level callsite_level;

/* Reads the setting, once per trace and before any site is asked for; what
 * the process's row has to say of it (bits of enum trace_note). */
uint32_t callsite_begin(void);

/*
 * The row of SECTION_SITE, plus 1, for a produce call that will return to
 * `caller`, into a frame whose stack begins at `frame` (the call's CFA); 0
 * when no row is left or sites are off. Nanoseconds when the thread was here before.
 */
uint32_t callsite_find(const void *caller, const void *frame);

#endif
