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
 * True when events can be recorded; makes the trace if none is there. To be called only
 * where the host uses Kafka or TCP: programs such as sh, env and timeout leave no trace.
 */
static inline bool record_ready(void)
{
	return LIKELY(guest_phase() == GUEST_RECORDING) || record_begin();
}

/* In a forked child, before any code of the host runs in it: detaches it from the parent's
 * trace. */
void record_forked(void);

/* Stops recording in this process for good, and writes `reason` (a static sentence) into the
 * mark file. */
void record_fall_silent(const char *reason);

#endif
