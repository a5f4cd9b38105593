/* SPDX-License-Identifier: Apache-2.0 */
/*
 * callsite.h - the line of code that produces.
 */
#ifndef UNFLUSHED_CALLSITE_H
#define UNFLUSHED_CALLSITE_H

#include <stdint.h>

/* The row of SECTION_SITE, plus 1, for a call that will return to `caller`;
 * 0 when no row is left. Nanoseconds when it is the thread's last one. */
uint32_t callsite_find(const void *caller);

#endif
