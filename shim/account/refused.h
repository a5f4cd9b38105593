/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refused.h - messages that the client did not accept, and whether they were offered
 * again.
 *
 * A refused message is counted as rejected. When the same message (by its print) is
 * accepted later, or refused once more, it counts as retried: what is left over,
 * rejected - retried, nobody has tried again. So retried never passes rejected: each
 * goes up after the refusal that it is about. Prints of ACCOUNT_REFUSED messages a
 * producer are kept; more than that stay "never tried again". Equal messages cannot be
 * told apart, and count as offered again.
 *
 * Any thread at once, and signal handlers.
 */
#ifndef UNFLUSHED_ACCOUNT_REFUSED_H
#define UNFLUSHED_ACCOUNT_REFUSED_H

#include "account/state.h"

/* What a message is known again by: begun, mixed from its parts, ended. */
uint64_t refused_print_begin(void);
/* Text or bytes by what they say: both ends and the size, for they may be megabytes. */
uint64_t refused_print_bytes(uint64_t print, const void *bytes, uint64_t size);
/* A thing that cannot be read by where it is, or by a number of its own. */
uint64_t refused_print_number(uint64_t print, uint64_t number);
uint64_t refused_print_end(uint64_t print); /* never 0 */

/* At most so many bytes of each end are read; for those who copy them out first. */
#define REFUSED_END_BYTES 256

/* A message was refused: of a topic ("" unknown), from a site (row of SECTION_SITE plus
 * 1; 0 unknown), `bytes` of key plus value, with an rd_kafka_resp_err_t. Print 0: it
 * cannot be known again. */
void refused_add(struct account_producer *producer, const char *topic, uint32_t site,
		 uint64_t bytes, int32_t error, uint64_t print);

/* A message was accepted; only to be called while something is open. */
void refused_retried(struct account_producer *producer, uint64_t print);

/* Refused messages that are waiting to be offered again: 0 spares the print. */
static inline uint32_t refused_open(const struct account_producer *producer)
{
	return __atomic_load_n(&producer->refused_open, __ATOMIC_RELAXED);
}

/* The same over all producers, for who does not know whose message it is. */
static inline uint32_t refused_open_any(void)
{
	return __atomic_load_n(&account_state->refused_total, __ATOMIC_RELAXED);
}

/* The producer is closed: what is open is never tried again, and costs nobody a look. */
void refused_forget(struct account_producer *producer);

#endif
