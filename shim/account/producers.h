/* SPDX-License-Identifier: Apache-2.0 */
/*
 * producers.h - this process's accounts, one a producer, of all clients.
 *
 * An account is a struct account_producer here and its row in the trace. The
 * last row stands for all producers that found no row of their own: their
 * messages are counted exactly, but it is not known which of them has waited,
 * so that row is never waited for, closed, or said to be seen waiting.
 *
 * Any thread may open, find and count at once. A signal handler may, too, but must
 * not open what its own thread is opening.
 */
#ifndef UNFLUSHED_ACCOUNT_PRODUCERS_H
#define UNFLUSHED_ACCOUNT_PRODUCERS_H

#include "account/state.h"

/* What an account is opened with. */
struct producer_facts {
	const void *owner; /* what it is found by, unique among those alive */
	enum trace_client client;
	uint32_t flags;	  /* bits of enum trace_producer_flag */
	uint32_t library; /* row of SECTION_LIBRARY plus 1; 0 none */
	int32_t acks;	  /* -1 all; TRACE_UNKNOWN: filled in later */
	const char *name; /* NULL none */
};

/*
 * Opens an account: takes a row; if those are used up, continues one that a settled
 * producer of the same kind has left; else takes the overflow row. Never NULL. What
 * else there is to know (client_id, configuration, ...) the caller writes into the row,
 * unless that is an overflow row (producer_is_shared()).
 */
struct account_producer *producer_open(const struct producer_facts *facts);

/* The client's object is gone, or its address is another object's by now: the account is
 * found no more. When none of its messages is left to judge, a later producer may continue
 * its row. */
void producer_settle(struct account_producer *producer);

/* The account that has this owner; NULL: it has none, or only the overflow row. */
struct account_producer *producer_find(const void *owner);

/* The same; the overflow row, if that is in use, for an owner without a row. */
struct account_producer *producer_find_any(const void *owner);

/* The only account that is open; NULL: there are none, or several. */
struct account_producer *producer_only(void);

/* Whether its row is the overflow row, which stands for several producers. */
static inline bool producer_is_shared(const struct account_producer *producer)
{
	return producer_row(producer)->flags & PRODUCER_OVERFLOW;
}

/* Notes the stack that made the producer (row of SECTION_SITE plus 1; 0 unknown). A row that
 * several producers have had keeps it only if the same stack made all of them. */
void producer_made_at(struct account_producer *producer, uint32_t site);

/* Sets or clears bits of enum trace_producer_flag. In the overflow row
 * PRODUCER_WAITS_UNSEEN is not cleared: which of its producers has waited is not known. */
void producer_flags_set(struct account_producer *producer, uint32_t flags);
void producer_flags_clear(struct account_producer *producer, uint32_t flags);

#endif
