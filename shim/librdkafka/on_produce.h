/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_produce.h - what the produce calls have in common.
 */
#ifndef UNFLUSHED_LIBRDKAFKA_ON_PRODUCE_H
#define UNFLUSHED_LIBRDKAFKA_ON_PRODUCE_H

#include <stdbool.h>

#include "calls/calls.h"
#include "librdkafka/state.h"

struct account_producer; /* account/producers.h */

/* ---- for entry/ ---- */

/* Before a real produce call: notes its call site, and that what on_send
 * counts on this thread from here on belongs to it. */
void produce_prepare(struct call *call);

/* Ends a produce call that was accepted and was not asked to wait. False: not done, the handler
 * must run. */
static inline bool produce_settle(const struct call *call)
{
	if (UNLIKELY(call->began_ns || guest_phase() != GUEST_RECORDING))
		return false;
	librdkafka_this_thread()->producing = false;
	return true;
}

/* The call is asked to wait while the queue is full (RD_KAFKA_MSG_F_BLOCK): counts it. Returns
 * the time, CLOCK_MONOTONIC in ns. */
int64_t produce_block(void);

/* Whether the call is asked to wait while the queue is full. */
bool produce_parts_block(const rd_kafka_vu_t *parts, size_t count);

/* ---- in this room ---- */

/* The message of a produce call, as far as it is needed to know it again. */
struct offer {
	const char *topic;
	const void *value;
	size_t value_bytes;
	const void *key;
	size_t key_bytes;
	bool gone;     /* its bytes may be freed: not to be read */
	bool unrolled; /* on_send had counted it before it was refused */
};

/* What one field of a produce call says of its message. */
void produce_offer_part(struct offer *offer, const struct copy *copy,
			const rd_kafka_vu_t *part);

/* One message, accepted if `error` is 0; ends what produce_prepare() began. */
void produce_account(struct account_producer *producer, const struct offer *offer,
		     int32_t error);

/* A call of produce_block(), begun at `began_ns`, has returned: adds the time to blocked_ns.
 * `producer` may be NULL. */
void produce_blocked(struct account_producer *producer, int64_t began_ns);

#endif
