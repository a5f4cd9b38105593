/* SPDX-License-Identifier: Apache-2.0 */
/*
 * callsite.h - the line of code that produces.
 */
#ifndef UNFLUSHED_CALLSITE_H
#define UNFLUSHED_CALLSITE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * How much of the place is taken: a setting's word, and what it means. The
 * first is the default. Python's own file and line are kept in all but "off".
 *
 * The whole stack is the default: it says most, and a loop that produces from
 * one place takes it once.
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

/* Whether this thread is on the Python line of a site (as callsite_find returned it;
 * 0 never is). */
bool callsite_is_here(uint32_t site);

#endif
