/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stacks.h - the call stacks that produce, in SECTION_SITE: each once.
 *
 *	uint32_t site = stacks_find(hash, LANGUAGE_C);
 *
 *	if (!site && (site = stacks_begin(hash, LANGUAGE_C))) {
 *		fill(&frames);
 *		stacks_end(site, &frames);
 *	}
 *
 * What is looked up is the hash alone: 64 bits, of some hundreds of stacks. A thread that is
 * killed in between leaves a row that says nothing.
 */
#ifndef UNFLUSHED_TRACE_STACKS_H
#define UNFLUSHED_TRACE_STACKS_H

#include "format/format.h"

/* A stack on its way into the trace: innermost first. */
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
