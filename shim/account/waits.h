/* SPDX-License-Identifier: Apache-2.0 */
/*
 * waits.h - what an application does to be sure of its messages: flush, close,
 * transactions, and results that it asks for.
 *
 * How far it has waited is a number of messages produced (waited_for in the row), which
 * only grows. A call that waits begins with what was produced then and ends with how it
 * ended; the caller carries the two in a struct wait:
 *
 *	struct wait wait = wait_flush_begin(producer, timeout_ms);
 *	... the client's own flush ...
 *	wait_flush_end(&wait, result, WAIT_...);
 *
 * A wait that ends in another process than it began in (a callback forked inside it)
 * ends nothing there. Nothing here knows a client, a thread of a language, or a lock:
 * waits of one producer may overlap on any threads. Not from signal handlers.
 *
 * Times are CLOCK_MONOTONIC in nanoseconds, results rd_kafka_resp_err_t.
 */
#ifndef UNFLUSHED_ACCOUNT_WAITS_H
#define UNFLUSHED_ACCOUNT_WAITS_H

#include "account/state.h"

struct wait {
	struct account_producer *producer; /* NULL: nothing is to be noted */
	uint64_t produced; /* messages that its client had been given when it began */
	int64_t began_ns;  /* 0 not known */
	uint32_t generation;
	const void *caller; /* of a flush; NULL: each call is one of its own */
	int64_t bound_ms;   /* of a flush: its timeout, -1 none */
	bool pends;	    /* counted as one that is under way (wait_pends) */
	bool by_wrapper;    /* of a purge: maybe the binding's own */
	uint64_t found;	    /* of a purge: messages that were outstanding */
};

/* Whose messages a wait that succeeds has covered. */
enum wait_reach {
	WAIT_OF_BEFORE, /* those produced before it began: kafka-python's, aiokafka's and Java's
			   flush */
	WAIT_OF_ALL,	/* also those produced during it, if at one moment of it nothing was
			 * outstanding: librdkafka's flush, which continues until that is so */
};

/* Notes the time and what was produced by now, and counts nothing: for a caller that decides
 * itself what the wait has covered. */
struct wait wait_begin(struct account_producer *producer);
/* False: it began in another process, or there is nothing to note. */
bool wait_is_current(const struct wait *wait);

/*
 * The call waits for messages, as flush with a timeout that is not 0 does: until its end it is
 * under way (waits_began, waits_ended of the process), which the relay of `run --prove` wants
 * to know. Flushes and ends of transactions say so themselves; a close, or a get, by this.
 */
void wait_pends(struct wait *wait);
/* The call is over. Does nothing when it was called before, or without wait_pends(). */
void wait_pends_no_more(struct wait *wait);

/* A wait of the application gave up. If messages are outstanding, notes how many had been
 * produced (gave_up_for). `producer` may be NULL: then nothing is noted. */
void wait_in_vain(struct account_producer *producer);

/* The application has waited for the first `produced` messages of the producer. */
void wait_satisfied(struct account_producer *producer, uint64_t produced,
		    enum trace_waited_by by);

/* ---- flush ---- */

/* Counts the call when it begins: one that never ends was called. -1: no timeout. When
 * `caller` (NULL: not known) calls again on the same thread after a timeout, or after a
 * yield, and nothing was produced between, that is the same flush, cut up. */
struct wait wait_flush_begin(struct account_producer *producer, int64_t timeout_ms,
			     const void *caller);
/* `result` 0: the flush has waited, as far as `reach` says; else the error with which it gave
 * up: it counts as timed out and covers nothing. */
void wait_flush_end(const struct wait *wait, int32_t result, enum wait_reach reach);
/* The flush was left early; `how`: enum trace_flush_left. It counts neither as timed out nor as
 * a wait. `result` is what it returned, TRACE_UNKNOWN if nothing. Of `wait` only producer,
 * began_ns, generation and pends count. */
void wait_flush_left(const struct wait *wait, uint32_t how, int32_t result);

/* ---- close, stop, destroy ---- */

/* Notes that the producer is being closed, unless its row is the overflow row or it is closed
 * already. `flags` go into the event. `asked`: the application closes it, and not an exit
 * handler or a garbage collector. */
struct wait wait_close_begin(struct account_producer *producer, int64_t flags, bool asked);

enum wait_close {
	WAIT_CLOSE_FAILED, /* it raised: the producer may be closed again */
	WAIT_CLOSE_DONE,
};
/* `waits`: the close continues until nothing is outstanding. If that is so at its end, it
 * counts as a wait, also for messages produced during it: nothing can be produced after it. */
void wait_close_end(const struct wait *wait, enum wait_close how, bool asked, bool waits);

/* ---- destroying and purging ---- */

/* The client said that nothing is in its queues, to a thread that produced to it (0) or to
 * another (its tid), which proves nothing of the application. True: that was news. */
bool wait_found_empty(const struct wait *wait, int32_t thread);
/* purge(). `by_wrapper`: the binding purges when its producer is dropped. Such a call is that
 * one, until another follows: then it was the application's. */
struct wait wait_purge_begin(struct account_producer *producer, bool by_wrapper);
/* `all`: queued and in flight both, so that the application has settled all. */
void wait_purge_end(const struct wait *wait, int64_t flags, int32_t result, bool all);

/* ---- transactions ---- */

void wait_transaction_begun(struct account_producer *producer);
/* Notes what a call about transactions has returned: any but commit and abort, which
 * wait_transaction_end() notes, and a begin that succeeded. */
void wait_transaction_called(struct account_producer *producer,
			     enum trace_transaction_call which, int32_t error);
enum wait_transaction { WAIT_COMMIT, WAIT_ABORT };
/* A commit or an abort begins. Until an abort ends, messages that it discards count as
 * discarded on purpose (producer->aborting). */
struct wait wait_transaction_end_begin(struct account_producer *producer,
				       enum wait_transaction which);
/* `error` not 0: the transaction is still open. A commit covers what was produced
 * before; so does an abort, as a purge: it discards on purpose. */
void wait_transaction_end(const struct wait *wait, enum wait_transaction which, int32_t error);
/* The client has ended it. That alone is no wait of the application. wait_transaction_end()
 * may follow. */
void wait_transaction_over(struct account_producer *producer, enum wait_transaction which);

/* ---- results that are asked for ---- */

/* The application has got the result of a message of this partition (row of SECTION_TOPIC), and
 * with it of the first `messages` that entered the partition. If all messages of the producer
 * are covered so, the application has waited for them. Nothing is noted for a row that stands
 * for several partitions (-1). */
void wait_got(uint32_t row, uint64_t messages);

#endif
