/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.h - begins to record, falls silent, and what a forked child does first.
 */
#ifndef UNFLUSHED_TRACE_RECORD_H
#define UNFLUSHED_TRACE_RECORD_H

#include <stdbool.h>

#include "guest/guest.h"

bool record_begin(void);

/*
 * True when events can be recorded; makes the trace if none is there. For
 * interesting calls only: sh, env and timeout must leave nothing behind.
 */
static inline bool record_ready(void)
{
	return LIKELY(guest_phase() == GUEST_RECORDING) || record_begin();
}

/* In a forked child, before anything of the host's goes on in it. */
void record_forked(void);

/* Falls silent for good, with a reason for the mark file. */
void record_fall_silent(const char *reason);

#endif
