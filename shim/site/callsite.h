/* SPDX-License-Identifier: Apache-2.0 */
/*
 * callsite.h - the site (row of SECTION_SITE) of a produce call.
 */
#ifndef UNFLUSHED_SITE_CALLSITE_H
#define UNFLUSHED_SITE_CALLSITE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The row of SECTION_SITE, plus 1, for a produce call that will return to
 * `caller`, into a frame whose stack begins at `frame` (the call's CFA); 0
 * when no row is left or sites are off. Takes nanoseconds when the thread has called
 * from the same stack lately.
 */
uint32_t callsite_find(const void *caller, const void *frame);

/* Whether this thread is on the Python line of a site (as callsite_find returned it;
 * 0 never is). */
bool callsite_is_here(uint32_t site);

#endif
