/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.h - everything that a forked child must find empty.
 *
 * One anonymous mapping with MADV_WIPEONFORK. It is large in address space
 * and small in memory: pages that are not used are never touched.
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
	uint64_t ticks_rate;	/* as the last thread measured it; 0 not yet */
};

#endif
