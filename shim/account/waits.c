/* SPDX-License-Identifier: Apache-2.0 */
/*
 * waits.c - see waits.h.
 */
#include "account/waits.h"

#include "account/counts.h"
#include "account/pending.h"
#include "account/refused.h"
#include "trace/writer.h"

struct wait wait_begin(struct account_producer *producer)
{
	return (struct wait){
		.producer = producer,
		.produced = producer ? counts_given(producer) : 0,
		.began_ns = guest_now_ns(),
		.generation = guest_generation,
	};
}

bool wait_is_current(const struct wait *wait)
{
	return wait->producer && wait->generation == guest_generation &&
	       guest_phase() == GUEST_RECORDING;
}

void wait_pends(struct wait *wait)
{
	if (guest_phase() != GUEST_RECORDING)
		return;
	wait->generation = guest_generation;
	wait->pends = true;
	writer_add_shared(&trace->process->waits_began, 1);
}

/* A wait that began in the parent process is not counted in this one. */
static void pends_no_more(const struct wait *wait)
{
	if (wait->pends && wait->generation == guest_generation &&
	    guest_phase() == GUEST_RECORDING)
		writer_add_shared(&trace->process->waits_ended, 1);
}

void wait_pends_no_more(struct wait *wait)
{
	pends_no_more(wait);
	wait->pends = false;
}

void wait_in_vain(struct account_producer *producer)
{
	if (!producer)
		return;
	uint64_t done = counts_done(producer), produced = counts_produced(producer);

	if (done < produced)
		writer_max(&producer_row(producer)->gave_up_for, produced);
}

void wait_satisfied(struct account_producer *producer, uint64_t produced,
		    enum trace_waited_by by)
{
	struct trace_producer *row = producer_row(producer);
	uint64_t old = __atomic_load_n(&row->waited_for, __ATOMIC_RELAXED);

	/* If several producers share the row it is not known which one was waited for. */
	if (row->flags & PRODUCER_OVERFLOW)
		return;
	if (produced > old || row->waited_by == WAITED_NOT)
		row->waited_by = by;
	writer_max(&row->waited_for, produced);
}

/* The call succeeded, but does not show that the messages were waited for: after a purge
 * nothing is left to wait for (thread 0), or it was made on a thread (tid) that is not the
 * producer's own. */
static void wait_unproven(struct account_producer *producer, uint64_t produced, int32_t thread)
{
	struct trace_producer_more *more = producer_more(producer);

	if (producer_row(producer)->flags & PRODUCER_OVERFLOW || produced < more->unproven_for)
		return;
	more->unproven_thread = thread;
	writer_max(&more->unproven_for, produced);
}

static bool is_purged(const struct account_producer *producer, uint64_t produced)
{
	const struct trace_producer *row = producer_row(producer);

	return produced && produced <= producer_more(producer)->purged_at &&
	       (row->waited_for < produced || row->waited_by == WAITED_PURGE);
}

/* Notes how many messages were produced when a wait gave up. */
static void wait_gave_up(struct account_producer *producer)
{
	producer->gave_up_at = counts_produced(producer) + 1;
}

/* A whole producer is waited for, and so is each of its partitions. */
static void satisfied_all(struct account_producer *producer, uint64_t produced,
			  enum trace_waited_by by)
{
	wait_satisfied(producer, produced, by);
	if (counts_produced(producer) == produced)
		pending_cover_all(producer);
}

/*
 * How many messages a wait covers: those produced before it began; and those
 * that other threads and callbacks produced during it, if at one instant
 * nothing was outstanding: `done` read before `produced` and equal to it proves
 * such an instant, because both only grow.
 */
static uint64_t reached(const struct wait *wait, enum wait_reach reach)
{
	if (reach == WAIT_OF_BEFORE)
		return wait->produced;
	uint64_t done = counts_done(wait->producer);
	uint64_t produced = counts_produced(wait->producer);

	return done == produced ? produced : wait->produced;
}

/* ---- flush ---- */

/* A binding may split one flush of the application into short ones, and a program may do so
 * itself: same caller, same thread, nothing produced in between. */
static bool flush_continues(struct account_producer *producer, const void *caller)
{
	bool continues = caller && producer->flush_caller == caller &&
			 producer->flush_thread == guest_this_thread() &&
			 producer->gave_up_at == counts_produced(producer) + 1;

	producer->flush_caller = NULL;
	return continues;
}

struct wait wait_flush_begin(struct account_producer *producer, int64_t timeout_ms,
			     const void *caller)
{
	struct wait wait = wait_begin(producer);

	wait.caller = caller;
	wait.bound_ms = timeout_ms;
	if (!producer)
		return wait;
	if (timeout_ms)
		wait_pends(&wait);
	if (flush_continues(producer, caller))
		writer_add_shared(producer->flush_left
					  ? &producer_more(producer)->flush_left_continued
					  : &producer_more(producer)->flush_continued,
				  1);
	else
		producer_more(producer)->flush_began_ns = wait.began_ns;
	writer_add_shared(&producer_row(producer)->flush_calls, 1);
	writer_event_at(wait.began_ns, EVENT_FLUSH_BEGIN, producer_index(producer),
			(int64_t)wait.produced, timeout_ms);
	return wait;
}

/* `left`: in a way after which its caller may call it again. */
static void flush_gave_up(const struct wait *wait, bool left)
{
	struct account_producer *producer = wait->producer;

	wait_gave_up(producer);
	if (wait->pends)
		wait_in_vain(producer);
	producer->flush_thread = guest_this_thread();
	producer->flush_caller = wait->caller;
	producer->flush_left = left;
}

/* For each flush that ended, in whatever way. The end is counted last: if the process is killed
 * in between, the flush has not returned. */
static void flush_ended(const struct wait *wait, int32_t result, uint32_t left)
{
	struct trace_producer *row = producer_row(wait->producer);
	int64_t now_ns = guest_now_ns();

	pends_no_more(wait);
	int64_t took_ns = wait->began_ns ? now_ns - wait->began_ns : 0;

	writer_add_shared(&row->flush_waited_ns, (uint64_t)took_ns);
	row->flush_ended_ns = now_ns;
	row->flush_result = result;
	producer_more(wait->producer)->flush_left_how = left;
	writer_add_shared(&producer_more(wait->producer)->flush_ended, 1);
	writer_event(EVENT_FLUSH_END, producer_index(wait->producer), result, took_ns);
}

static void flush_succeeded(const struct wait *wait, uint64_t produced)
{
	if (is_purged(wait->producer, produced)) {
		wait_unproven(wait->producer, produced, 0);
		return;
	}
	producer_more(wait->producer)->wait_bound_ms = (int32_t)wait->bound_ms;
	satisfied_all(wait->producer, produced, WAITED_FLUSH);
}

void wait_flush_end(const struct wait *wait, int32_t result, enum wait_reach reach)
{
	if (!wait_is_current(wait))
		return;
	if (result) {
		writer_add_shared(&producer_row(wait->producer)->flush_timeouts, 1);
		flush_gave_up(wait, false);
	} else {
		flush_succeeded(wait, reached(wait, reach));
	}
	flush_ended(wait, result, FLUSH_NOT_LEFT);
}

void wait_flush_left(const struct wait *wait, uint32_t how, int32_t result)
{
	if (!wait_is_current(wait))
		return;
	writer_add_shared(&producer_more(wait->producer)->flush_left, 1);
	flush_gave_up(wait, true);
	flush_ended(wait, result, how);
}

/* ---- close, stop, destroy ---- */

struct wait wait_close_begin(struct account_producer *producer, int64_t flags, bool asked)
{
	struct wait wait = wait_begin(producer);

	if (!producer || producer_row(producer)->flags & PRODUCER_OVERFLOW ||
	    producer_row(producer)->state == PRODUCER_DESTROYED)
		return (struct wait){.producer = NULL};
	struct trace_producer *row = producer_row(producer);

	row->destroy_began_ns = wait.began_ns;
	writer_event_at(wait.began_ns, EVENT_DESTROY_BEGIN, producer_index(producer),
			(int64_t)counts_outstanding(producer), flags);
	if (asked)
		__atomic_store_n(&row->state, PRODUCER_DESTROYING, __ATOMIC_RELEASE);
	__atomic_store_n(&producer->destroying, true, __ATOMIC_RELEASE);
	return wait;
}

void wait_close_end(const struct wait *wait, enum wait_close how, bool asked, bool waits)
{
	pends_no_more(wait);
	if (!wait_is_current(wait))
		return;
	struct trace_producer *row = producer_row(wait->producer);
	uint64_t outstanding = counts_outstanding(wait->producer);

	if (waits && outstanding)
		wait_in_vain(wait->producer);
	if (waits && !outstanding)
		satisfied_all(wait->producer, reached(wait, WAIT_OF_ALL), WAITED_CLOSE);
	if (how == WAIT_CLOSE_FAILED)
		return;
	refused_forget(wait->producer);
	row->destroyed_ns = guest_now_ns();
	if (asked)
		__atomic_store_n(&row->state, PRODUCER_DESTROYED, __ATOMIC_RELEASE);
	writer_event_at(row->destroyed_ns, EVENT_DESTROY_END, producer_index(wait->producer),
			(int64_t)outstanding, 0);
}

/* ---- outq_len and purge ---- */

bool wait_found_empty(const struct wait *wait, int32_t thread)
{
	if (!wait_is_current(wait))
		return false;
	uint64_t before =
		__atomic_load_n(&producer_row(wait->producer)->waited_for, __ATOMIC_RELAXED);

	if (is_purged(wait->producer, wait->produced) || thread) {
		wait_unproven(wait->producer, wait->produced, thread);
		return false;
	}
	wait_satisfied(wait->producer, wait->produced, WAITED_OUTQ_LEN);
	if (wait->produced <= before)
		return false;
	writer_event(EVENT_OUTQ_EMPTY, producer_index(wait->producer), (int64_t)wait->produced,
		     0);
	return true;
}

struct wait wait_purge_begin(struct account_producer *producer, bool by_wrapper)
{
	struct wait wait = wait_begin(producer);

	wait.by_wrapper = by_wrapper;
	wait.found = producer ? counts_outstanding(producer) : 0;
	return wait;
}

/* The counter for the purge's caller. A binding's own purge is its last call on a producer. */
static uint64_t *purge_counter(const struct wait *wait)
{
	struct trace_producer_more *more = producer_more(wait->producer);

	if (wait->by_wrapper) {
		more->purge_found = wait->found;
		return more->purges_wrapper ? &more->purges_own : &more->purges_wrapper;
	}
	return wait->producer->gave_up_at == wait->produced + 1 ? &more->purges_late
								: &more->purges_own;
}

void wait_purge_end(const struct wait *wait, int64_t flags, int32_t result, bool all)
{
	if (!wait_is_current(wait))
		return;
	writer_add_shared(&producer_row(wait->producer)->purge_calls, 1);
	writer_add_shared(purge_counter(wait), 1);
	writer_max(&producer_more(wait->producer)->purged_at, wait->produced);
	writer_event(EVENT_PURGE, producer_index(wait->producer), flags, result);
	if (!result && all)
		wait_satisfied(wait->producer, wait->produced, WAITED_PURGE);
}

/* ---- transactions ---- */

void wait_transaction_called(struct account_producer *producer,
			     enum trace_transaction_call which, int32_t error)
{
	struct trace_producer_more *more = producer_more(producer);

	more->transaction_error = error;
	more->transaction_call = which;
	if (error)
		writer_add_shared(&producer_row(producer)->transaction_failures, 1);
}

void wait_transaction_begun(struct account_producer *producer)
{
	wait_transaction_called(producer, TRANSACTION_BEGIN, 0);
	/* Stored first: if the process is killed in between, the transaction is open. */
	producer_more(producer)->transaction_at = counts_produced(producer);
	producer->transaction_over = false;
	writer_add_shared(&producer_row(producer)->transactions_begun, 1);
	__atomic_fetch_or(&producer_row(producer)->flags, PRODUCER_IN_TRANSACTION,
			  __ATOMIC_RELAXED);
	writer_event(EVENT_TRANSACTION_BEGIN, producer_index(producer), 0, 0);
}

struct wait wait_transaction_end_begin(struct account_producer *producer,
				       enum wait_transaction which)
{
	struct wait wait = wait_begin(producer);

	/* Not for a shared row: messages that other producers lose would count as purged. */
	if (producer && !(producer_row(producer)->flags & PRODUCER_OVERFLOW)) {
		__atomic_store_n(&producer->aborting, which == WAIT_ABORT, __ATOMIC_RELEASE);
		producer_more(producer)->transaction_ending =
			which == WAIT_COMMIT ? TRANSACTION_COMMIT : TRANSACTION_NONE;
	}
	if (producer)
		wait_pends(&wait);
	return wait;
}

static void transaction_counts(struct account_producer *producer, bool committed)
{
	struct trace_producer_more *more = producer_more(producer);
	uint64_t messages = counts_produced(producer) - more->transaction_at;

	if (!committed)
		writer_add_shared(&more->aborted_messages, messages);
	else if (more->aborted_messages)
		writer_add_shared(&more->committed_messages, messages);
}

void wait_transaction_over(struct account_producer *producer, enum wait_transaction which)
{
	struct trace_producer *row = producer_row(producer);
	bool committed = which == WAIT_COMMIT;

	if (producer->transaction_over)
		return;
	producer->transaction_over = true;
	transaction_counts(producer, committed);
	/* Cleared last: if the process is killed in between, the transaction is open. */
	__atomic_fetch_and(&row->flags, ~(uint32_t)PRODUCER_IN_TRANSACTION, __ATOMIC_RELAXED);
	writer_add_shared(committed ? &row->transactions_committed : &row->transactions_aborted,
			  1);
}

void wait_transaction_end(const struct wait *wait, enum wait_transaction which, int32_t error)
{
	if (!wait_is_current(wait))
		return;
	bool committed = which == WAIT_COMMIT;

	pends_no_more(wait);
	if (error)
		wait_in_vain(wait->producer);
	__atomic_store_n(&wait->producer->aborting, false, __ATOMIC_RELEASE);
	writer_event(EVENT_TRANSACTION_END, producer_index(wait->producer), committed, error);
	wait_transaction_called(wait->producer,
				committed ? TRANSACTION_COMMIT : TRANSACTION_ABORT, error);
	producer_more(wait->producer)->transaction_ending = TRANSACTION_NONE;
	if (error) /* retriable or abortable: it is still open */
		return;
	wait_transaction_over(wait->producer, which);
	satisfied_all(wait->producer, wait->produced, committed ? WAITED_COMMIT : WAITED_ABORT);
}

/* ---- results that the application asks for ---- */

void wait_got(uint32_t row, uint64_t messages)
{
	const struct trace_topic *partition = &trace->topics[row];

	if (partition->partition < 0)
		return;
	struct account_producer *producer = producer_at(partition->producer);

	pending_cover(row, messages);
	uint64_t covered = pending_covered(producer);

	if (covered == counts_produced(producer))
		wait_satisfied(producer, covered, WAITED_GET);
}
