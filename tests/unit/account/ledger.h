/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ledger.h - a guest that records, for tests of the ledger: started once, with
 * a producer for each test.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include <stdlib.h>
#include <sys/stat.h>

#include "account/counts.h"
#include "account/producers.h"
#include "scratch.h"
#include "testing.h"
#include "trace/record.h"

static inline int ledger_begin(void **state)
{
	if (scratch_make(state) != 0)
		return -1;
	const char *directory = scratch_path("traces");

	if (mkdir(directory, 0700) != 0 || setenv("UNFLUSHED_DIR", directory, 1) != 0)
		return -1;
	return guest_wake() == GUEST_AWAKE && record_ready() ? 0 : -1;
}

/* A client that was never used before, so that no row of it is continued. */
static inline struct account_producer *ledger_producer(void)
{
	static char owners[256];
	static uint32_t used;
	struct producer_facts facts = {
		.owner = &owners[used++], .client = CLIENT_KAFKA_PYTHON, .acks = 1};

	return producer_open(&facts);
}

/* So many messages of one topic, to a partition, are produced; or come to an end. */
static inline uint32_t ledger_produce(struct account_producer *producer, uint64_t messages)
{
	uint32_t row = count_row(producer, "topic", 0);

	count_sent(producer, row, 0, messages, 10 * messages);
	return row;
}

static inline void ledger_deliver(struct account_producer *producer, uint64_t messages)
{
	count_done(producer, count_row(producer, "topic", 0), 0, COUNT_DELIVERED, messages,
		   10 * messages, 0);
}

#endif
