/* SPDX-License-Identifier: Apache-2.0 */
/*
 * counts.h - what became of messages, counted where the trace keeps it.
 *
 * The law of every producer, at every instant and however the process ends:
 *
 *	produced = delivered + unconfirmed + failed + purged + outstanding
 *
 * Outstanding is what the others leave over, so the law holds as long as it is not
 * negative. The caller keeps it: COUNT_SENT goes up before the client can pass the
 * message on, an end only after that, and before anybody is told. Each counter here
 * goes up by the bytes first and then the messages, never down.
 *
 * Counters are of a topic row (key plus value in bytes; messages; kind: enum
 * trace_count) and a call site (row of SECTION_SITE plus 1; 0 unknown). A thread adds
 * to a private cell of the two with plain stores; where there is no cell, or a signal
 * handler interrupted our own code on this thread, it adds to the topic row atomically.
 * Any thread, and signal handlers; no lock of any client's is needed.
 */
#ifndef UNFLUSHED_ACCOUNT_COUNTS_H
#define UNFLUSHED_ACCOUNT_COUNTS_H

#include "account/state.h"
#include "trace/writer.h"

/* Adds to counters: `private` says that this thread alone writes them. */
static inline void count_add(struct trace_counts *counts, bool private, enum trace_count kind,
			     uint64_t messages, uint64_t bytes)
{
	if (LIKELY(private)) {
		writer_add(&counts->bytes[kind], bytes);
		writer_add(&counts->messages[kind], messages);
	} else {
		writer_add_shared(&counts->bytes[kind], bytes);
		writer_add_shared(&counts->messages[kind], messages);
	}
}

/* How many Produce requests were written whole: by this producer if it is librdkafka's, else
 * by the process. */
static inline uint64_t count_requests(const struct account_producer *producer)
{
	const struct trace_producer *row = producer_row(producer);

	return __atomic_load_n(row->client == CLIENT_LIBRDKAFKA
				       ? &row->requests_sent
				       : &trace->process->produce_written,
			       __ATOMIC_ACQUIRE);
}

/*
 * Before messages are added to COUNT_SENT of this thread's own cell: notes where those
 * begin that no request can hold yet. A client puts a message into a request before that
 * is written, so one that was produced after the last whole request is in none. The base
 * first: killed in between, the old mark is of an earlier request, and says nothing.
 */
static inline void count_mark(struct trace_cell *cell, uint64_t requests)
{
	uint32_t mark = (uint32_t)requests + 1;

	if (LIKELY(cell->mark == mark))
		return;
	__atomic_store_n(&cell->mark_sent, cell->counts.messages[COUNT_SENT], __ATOMIC_RELEASE);
	__atomic_store_n(&cell->mark, mark, __ATOMIC_RELEASE);
}

/* The topic row of (topic, partition) for a producer; -1: where messages enter that
 * have no partition yet. Its catch-all row when there is no room. */
uint32_t count_row(const struct account_producer *producer, const char *topic,
		   int32_t partition);

/* Adds to this thread's cell of `row` and `site`, which it looks up, or to the topic row. */
void count_in(uint32_t row, uint32_t site, enum trace_count kind, uint64_t messages,
	      uint64_t bytes);

/* Messages were produced: count_in() of COUNT_SENT, and the time of it. To be called
 * before they can be passed on. */
void count_sent(struct account_producer *producer, uint32_t row, uint32_t site,
		uint64_t messages, uint64_t bytes);

/* Messages are about to be handed to a client whose send() may wait before it takes them. The
 * caller counts each as sent or refused afterwards; those that it has not counted when the
 * process ends were inside send() then. */
void count_offered(uint64_t messages);

/* Messages came to an end, of COUNT_DELIVERED to COUNT_DROPPED. To be called before
 * anybody is told. `error` (rd_kafka_resp_err_t) is noted if the end is COUNT_FAILED. */
void count_done(struct account_producer *producer, uint32_t row, uint32_t site,
		enum trace_count kind, uint64_t messages, uint64_t bytes, int32_t error);

/* Messages failed or were purged (`kind`), but the broker may have them: their request was
 * written whole, and the broker has not refused it. */
void count_maybe(struct account_producer *producer, enum trace_count kind, uint64_t messages);
/* Messages are about to be put into a Produce request, for the first time; and of those so
 * many have come to the end that count_done() has just been told of. Of a producer that has
 * PRODUCER_REQUESTS: what it has outstanding beyond these two was never written. */
void count_requested(struct account_producer *producer, uint64_t messages);
void count_requested_ended(struct account_producer *producer, enum trace_count kind,
			   uint64_t messages);
/* With acks=0, of a producer that has PRODUCER_WRITES: messages whose request the kernel has
 * taken whole, each time that it has. */
void count_requested_written(struct account_producer *producer, uint64_t messages);

/* Messages that are counted as failed already: adds their error code and the event. */
void count_failed(struct account_producer *producer, uint64_t messages, uint64_t bytes,
		  int32_t error);

/* Adds to the table of error codes; `kind` is COUNT_FAILED or COUNT_REJECTED. Returns the
 * entry, less than TRACE_ERRORS. */
uint32_t count_error(struct account_producer *producer, int32_t code, enum trace_count kind,
		     uint64_t messages);

/* Messages were produced, and nothing else is known of them: the tool then says that it
 * is blind. */
void count_unseen(uint64_t messages);

/* Sums as of now. Each call walks over the producer's topic rows and their cells. */
uint64_t counts_of(const struct account_producer *producer, enum trace_count kind);
uint64_t counts_produced(const struct account_producer *producer);
/* As counts_produced(), without messages that a binding has not given to its client yet
 * (held.h): a wait of the client's own can cover no others. */
uint64_t counts_given(const struct account_producer *producer);
uint64_t counts_done(const struct account_producer *producer);
/* counts_produced() less counts_done(). */
uint64_t counts_outstanding(const struct account_producer *producer);

#endif
