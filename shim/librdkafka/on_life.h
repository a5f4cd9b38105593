/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_life.h - what entry/entry.c does round librdkafka's calls.
 */
#ifndef UNFLUSHED_ON_KAFKA_H
#define UNFLUSHED_ON_KAFKA_H

#include <stdbool.h>

#include "calls/calls.h"
#include "guest/state.h"

struct handle; /* account/producers.h */

static inline bool kafka_is_recording(void)
{
	return guest_phase() == GUEST_RECORDING;
}

/* Before a real produce call: notes its call site, and that what on_send
 * counts on this thread from here on belongs to it. */
void kafka_produce_prepare(struct call *call);
/* Ends an accepted call that was not asked to wait; false if there is more to do. */
static inline bool kafka_produce_settle(const struct call *call)
{
	if (UNLIKELY(call->began_ns || guest_phase() != GUEST_RECORDING || guest->refused_total))
		return false;
	guest_this_thread()->producing = false;
	return true;
}

/* Whether the call is asked to wait while the queue is full. */
bool kafka_parts_block(const rd_kafka_vu_t *parts, size_t count);

/* Round real calls that may call other functions of the table. librdkafka
 * calls itself through its PLT (flush to poll, commit to flush): only the
 * outermost call on a thread is the application's. True if this one is. */
bool kafka_api_enter(void);
void kafka_api_leave(void);

#endif
