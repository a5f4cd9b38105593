/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.h - this room's own part of the state that a forked child must find empty (part.h).
 */
#ifndef UNFLUSHED_GUEST_STATE_H
#define UNFLUSHED_GUEST_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "format/format.h"
#include "guest/guest.h"

struct guest_state {
	uint32_t phase; /* enum guest_phase; first, so that one load tells */
	int32_t pid;
	uint32_t ticks_allowed; /* ticks.c: may the counter be read? */
	uint64_t ticks_rate;	/* nanoseconds a tick in 2^32nds, as last measured; 0 not yet */
};

#endif
