/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.h - the ledger's part of the wiped state: what this process knows of its
 * producers and of their messages beside the counters in the trace.
 *
 * A forked child finds all of it empty. Each struct has one owner, the file named at
 * it; other rooms read the first cache line of struct account_producer at most.
 */
#ifndef UNFLUSHED_ACCOUNT_STATE_H
#define UNFLUSHED_ACCOUNT_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "format/format.h"
#include "guest/guest.h"
#include "guest/part.h"
#include "trace/map.h"

#define ACCOUNT_REGIONS 4096 /* of 4 MiB each, in which messages have lain */
#define ACCOUNT_HELD 512
#define ACCOUNT_REFUSED 65536
#define ACCOUNT_REFUSED_FILES 16384
#define ACCOUNT_REFUSED_SAMPLES 4096

/* An account; entry n goes with row n of SECTION_PRODUCER. Owner: producers.c. */
struct account_producer {
	/* One cache line: all that a produce call looks at. */
	const void *owner; /* the client's own object; NULL: destroyed, or entry not in use */
	uint32_t claimed;
	uint32_t topic; /* its catch-all row of SECTION_TOPIC */
	trace_string configuration;
	bool destroying;
	bool aborting;	       /* a transaction is being aborted (waits.h) */
	bool wakes;	       /* the client tells the application of reports (told.c) */
	bool many_sites;       /* message_sites.h */
	uint32_t first_site;   /* row of SECTION_SITE plus 2; 0 nothing sent yet */
	uint32_t refused_open; /* messages of it in account_state.refused (refused.h) */
	uint64_t held;	       /* messages that a binding has not given to it yet (held.h) */

	/* Of told.c and waits.c. "plus 1": 0 is never. */
	uint64_t produced_known;  /* produced, when it was last summed up for a report */
	uint64_t polled_at;	  /* produced, when a poll without waiting left some; plus 1 */
	uint64_t gave_up_at;	  /* produced, when a wait last gave up; plus 1 */
	const void *flush_caller; /* of the last flush, if it may continue in another call */
	bool flush_left;	  /* that flush was left; false: it ran into its timeout */
	bool transaction_over;	  /* the end of the last transaction is counted */
	const void *flush_thread; /* struct guest_thread of flush_caller's thread */
} __attribute__((aligned(64)));

/* Messages of one topic row on their way from produced to waited for. Owner: pending.c. */
struct account_pending {
	uint64_t appended; /* messages that entered */
	uint64_t settled;  /* messages that came to an end */
	uint64_t covered;  /* messages that the application has waited for */
};

/* Memory in which messages lie, and where each came from. Owner: message_sites.c. */
struct account_region {
	uint64_t key;	 /* 0: free; never given up */
	uint16_t *marks; /* NULL: not mapped yet */
};

/* Messages that a binding holds, of one line. Owner: held.c. */
struct account_held {
	uint64_t state; /* 0 it was never begun */
	uint64_t order;
	uint32_t producer;
	uint32_t row; /* of SECTION_TOPIC */
	uint32_t site;
	int32_t partition;
};

/* Equal messages that were refused. Owner: refused.c. */
struct account_refused {
	uint64_t word;	/* print, and how many are open: the low 16 bits */
	uint32_t filed; /* producer: 8 bits, lengths: 8, file: 16 */
	uint32_t sample;
	uint32_t batch; /* the last that was refused some, and how many: 16 bits each */
	uint32_t error; /* of the last one that was refused: of trace_producer.errors */
	uint64_t again; /* how many were tried again, and whether they are several messages */
};

/* Messages that some of their words do not tell apart. Owner: refused.c. */
struct account_refused_file {
	uint32_t entries; /* of account_refused */
	uint32_t vain;	  /* read whole since one was found */
};

struct account_state {
	uint32_t refused_total; /* the sum of refused_open */
	uint32_t refused_batches;
	uint32_t refused_lengths[256]; /* entries by what refused_lengths() says */
	uint32_t refused_samples[ACCOUNT_REFUSED_SAMPLES]; /* and by a few of their words */
	struct account_producer producers[GUEST_PRODUCERS];
	struct account_pending pending[GUEST_TOPIC_ROWS];
	struct account_region regions[ACCOUNT_REGIONS];
	uint32_t held_used; /* runs that were ever begun */
	uint64_t held_order;
	struct account_held held[ACCOUNT_HELD];
	struct account_refused refused[ACCOUNT_REFUSED];
	struct account_refused_file refused_files[ACCOUNT_REFUSED_FILES];
};

extern struct account_state *account_state; /* never NULL while recording */

static inline struct account_producer *producer_at(uint32_t index)
{
	return &account_state->producers[index];
}

static inline uint32_t producer_index(const struct account_producer *producer)
{
	return (uint32_t)(producer - account_state->producers);
}

static inline struct trace_producer *producer_row(const struct account_producer *producer)
{
	return &trace->producers[producer_index(producer)];
}

/* The rest of its row. */
static inline struct trace_producer_more *producer_more(const struct account_producer *producer)
{
	return &trace->producers_more[producer_index(producer)];
}

#endif
