/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pending.h - how far the messages of each partition have come: appended, settled, and
 * covered, which is waited for by somebody who asked for a result in that partition.
 *
 * For clients whose batches of one partition end one after the other, so that who has
 * the last message's result knows of all before it. Rows are those of SECTION_TOPIC.
 * The three only grow: covered <= appended and settled <= appended hold for whoever reads
 * the smaller one first. Any thread; no lock of a client's is needed.
 */
#ifndef UNFLUSHED_ACCOUNT_PENDING_H
#define UNFLUSHED_ACCOUNT_PENDING_H

#include "account/state.h"

void pending_append(uint32_t row, uint64_t messages);
void pending_settle(uint32_t row, uint64_t messages);

uint64_t pending_appended(uint32_t row);
uint64_t pending_settled(uint32_t row);

/* Nothing of the partition is under way. */
static inline bool pending_is_settled(uint32_t row)
{
	uint64_t settled = pending_settled(row);

	return settled >= pending_appended(row);
}

/* All that entered the partition is waited for. */
bool pending_is_covered(uint32_t row);

/* The first `messages` of the partition are waited for. */
void pending_cover(uint32_t row, uint64_t messages);
/* All that entered any partition of the producer is waited for. */
void pending_cover_all(const struct account_producer *producer);
/* The sum over the producer's partitions. */
uint64_t pending_covered(const struct account_producer *producer);

/* The rows of a producer: for (row = pending_first(p); row; row = pending_next(row)),
 * each a row plus 1. */
uint32_t pending_first(const struct account_producer *producer);
uint32_t pending_next(uint32_t row);

#endif
