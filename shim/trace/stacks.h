/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stacks.h - the call stacks from which messages are produced, each written once to
 * SECTION_SITE.
 *
 *	uint32_t site = stacks_find(hash, LANGUAGE_C);
 *
 *	if (!site && (site = stacks_begin(hash, LANGUAGE_C))) {
 *		fill(&frames);
 *		stacks_end(site, &frames);
 *	}
 *
 * A stack is looked up by its hash alone: 64 bits, for some hundreds of stacks. A thread that
 * is killed between stacks_begin() and stacks_end() leaves a row that is not complete.
 */
#ifndef UNFLUSHED_TRACE_STACKS_H
#define UNFLUSHED_TRACE_STACKS_H

#include "format/format.h"

/* A stack that is to be written to the trace, innermost frame first. */
struct stacks_frames {
	uint32_t depth;
	struct trace_frame frames[TRACE_FRAMES_MOST];
};

/* The row of a stack, plus 1; 0: there is none. */
uint32_t stacks_find(uint64_t hash, enum trace_language language);

/* A new one; 0: no row is left. */
uint32_t stacks_begin(uint64_t hash, enum trace_language language);
void stacks_end(uint32_t site, const struct stacks_frames *frames);

#endif
