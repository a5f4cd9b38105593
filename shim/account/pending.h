/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pending.h - how far the messages of each partition have come: appended, settled (they have
 * ended) and covered (the application has waited for them, by asking for a result).
 *
 * For clients whose batches of one partition end one after the other, so that a
 * wait for the last message's result covers all messages before it. Rows are
 * those of SECTION_TOPIC. The three only grow: covered <= appended and settled
 * <= appended hold for a reader that reads the smaller one first. Any thread;
 * no lock of a client's is needed.
 */
#ifndef UNFLUSHED_ACCOUNT_PENDING_H
#define UNFLUSHED_ACCOUNT_PENDING_H

#include "account/state.h"

void pending_append(uint32_t row, uint64_t messages);
void pending_settle(uint32_t row, uint64_t messages);

uint64_t pending_appended(uint32_t row);
uint64_t pending_settled(uint32_t row);

/* Whether all messages of the partition have ended. */
static inline bool pending_is_settled(uint32_t row)
{
	uint64_t settled = pending_settled(row);

	return settled >= pending_appended(row);
}

/* Whether the application has waited for all messages that entered the partition. */
bool pending_is_covered(uint32_t row);

/* The application has waited for the first `messages` of the partition. */
void pending_cover(uint32_t row, uint64_t messages);
/* The application has waited for all messages in all partitions of the producer. */
void pending_cover_all(const struct account_producer *producer);
/* How many messages are covered, in all partitions of the producer. */
uint64_t pending_covered(const struct account_producer *producer);

/* The rows of a producer: for (row = pending_first(p); row; row = pending_next(row)),
 * each a row plus 1. */
uint32_t pending_first(const struct account_producer *producer);
uint32_t pending_next(uint32_t row);

#endif
