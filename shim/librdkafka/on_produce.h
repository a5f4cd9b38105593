/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_produce.h - what the produce calls have in common.
 */
#ifndef UNFLUSHED_ON_PRODUCE_H
#define UNFLUSHED_ON_PRODUCE_H

#include <stdbool.h>

#include "calls/calls.h"

struct guest_producer; /* account/producers.h */

/* The message of a produce call, as far as it is needed to know it again. */
struct offer {
	const char *topic;
	const void *value;
	size_t value_bytes;
	const void *key;
	size_t key_bytes;
	bool given_away; /* RD_KAFKA_MSG_F_FREE: not to be read once accepted */
	bool waits;	 /* RD_KAFKA_MSG_F_BLOCK */
};

/* What one field of a produce call says of its message. */
void produce_offer_part(struct offer *offer, const struct copy *copy, const rd_kafka_vu_t *part);

/* One message, accepted if `error` is 0; ends what kafka_produce_prepare() began. */
void produce_account(struct guest_producer *producer, const struct offer *offer, int32_t error);

/* The call, begun then, was asked to wait and is back. Two looks at the
 * clock, and only for calls that are asked to wait. */
void produce_blocked(struct guest_producer *producer, int64_t began_ns);

#endif
