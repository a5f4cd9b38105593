/* SPDX-License-Identifier: Apache-2.0 */
/*
 * held.h - messages that a binding took and has not given to librdkafka yet.
 *
 * confluent-kafka's AIOProducer gathers messages in a list of Python's before
 * it calls produce_batch: to the application they are produced, librdkafka has
 * never heard of them. They are counted when the binding takes them; on_send
 * then gets messages that are counted already, and learns here which line they
 * came from.
 *
 *	add_message() -- held_add() ... on_send -- held_take() ... acknowledgement
 *	produced, held                  produced                   delivered
 */
#ifndef UNFLUSHED_ACCOUNT_HELD_H
#define UNFLUSHED_ACCOUNT_HELD_H

#include "account/state.h"

/* One more, of a topic (row of SECTION_TOPIC) and a partition (-1: any), from `site`.
 * Any thread, beside others that add or take; not from a signal handler. False: it
 * cannot be remembered, and is not held. */
bool held_add(struct account_producer *producer, uint32_t row, int32_t partition,
	      uint32_t site);

/* Takes the oldest, or the youngest, of the held messages and writes its site (as in
 * held_add()) to *site. False: none is held of that topic row and partition. */
bool held_take(struct account_producer *producer, uint32_t row, int32_t partition,
	       uint32_t *site);
bool held_take_youngest(struct account_producer *producer, uint32_t row, int32_t partition,
			uint32_t *site);

/* The producer is destroyed: forgets what is held for it. Those messages stay outstanding. */
void held_forget(struct account_producer *producer);

static inline uint64_t held_by(const struct account_producer *producer)
{
	return __atomic_load_n(&producer->held, __ATOMIC_ACQUIRE);
}

#endif
