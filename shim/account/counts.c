/* SPDX-License-Identifier: Apache-2.0 */
/*
 * counts.c - see counts.h.
 */
#include "account/counts.h"

#include "account/held.h"

uint32_t count_row(const struct account_producer *producer, const char *topic,
		   int32_t partition)
{
	return writer_topic(producer_index(producer), topic, partition, producer->topic);
}

/* A signal handler that interrupts this sees that, and does not use the cell. `producer`: the
 * messages are produced, and the time is noted; NULL: they are not. */
static void count_into(uint32_t row, uint32_t site, enum trace_count kind, uint64_t messages,
		       uint64_t bytes, const struct account_producer *producer)
{
	struct guest_thread *self = guest_this_thread();
	bool outermost = guest_enter_anyhow(self);
	struct trace_cell *cell = self->nested ? NULL : writer_cell(row, site);

	if (cell && producer)
		count_mark(cell, count_requests(producer));
	count_add(cell ? &cell->counts : &trace->topics[row].counts, cell != NULL, kind,
		  messages, bytes);
	guest_leave_anyhow(self, outermost);
}

void count_in(uint32_t row, uint32_t site, enum trace_count kind, uint64_t messages,
	      uint64_t bytes)
{
	count_into(row, site, kind, messages, bytes, NULL);
}

void count_sent(struct account_producer *producer, uint32_t row, uint32_t site,
		uint64_t messages, uint64_t bytes)
{
	count_into(row, site, COUNT_SENT, messages, bytes, producer);
	/* Not atomic with the count: of two threads either may store last. */
	__atomic_store_n(&producer_row(producer)->produced_last_ns, guest_now_coarse_ns(),
			 __ATOMIC_RELAXED);
}

void count_offered(uint64_t messages)
{
	uint16_t thread = writer_thread();

	if (LIKELY(thread))
		writer_add(&trace->threads[thread - 1].offered, messages);
	else
		writer_add_shared(&trace->process->offered, messages);
}

uint32_t count_error(struct account_producer *producer, int32_t code, enum trace_count kind,
		     uint64_t messages)
{
	struct trace_error *errors = producer_row(producer)->errors;

	for (uint32_t i = 0; i < TRACE_ERRORS - 1; i++) {
		int32_t free = 0;

		if (__atomic_load_n(&errors[i].code, __ATOMIC_ACQUIRE) == 0 &&
		    __atomic_compare_exchange_n(&errors[i].code, &free, code, false,
						__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
			__atomic_store_n(&errors[i].count, (uint32_t)kind, __ATOMIC_RELEASE);
		if (__atomic_load_n(&errors[i].code, __ATOMIC_RELAXED) == code &&
		    __atomic_load_n(&errors[i].count, __ATOMIC_ACQUIRE) == (uint32_t)kind) {
			writer_add_shared(&errors[i].messages, messages);
			return i;
		}
	}
	__atomic_store_n(&errors[TRACE_ERRORS - 1].code, TRACE_ERROR_OTHER, __ATOMIC_RELAXED);
	__atomic_store_n(&errors[TRACE_ERRORS - 1].count, (uint32_t)kind, __ATOMIC_RELAXED);
	writer_add_shared(&errors[TRACE_ERRORS - 1].messages, messages);
	return TRACE_ERRORS - 1;
}

void count_maybe(struct account_producer *producer, enum trace_count kind, uint64_t messages)
{
	struct trace_producer_more *more = producer_more(producer);

	if (kind == COUNT_FAILED)
		writer_add_shared(&more->failed_maybe, messages);
	else if (kind == COUNT_PURGED)
		writer_add_shared(&more->purged_maybe, messages);
}

/* Kafka's own error codes come from the broker, and mean that it does not have the messages;
 * except those which say that it has not heard from its replicas in time (REQUEST_TIMED_OUT,
 * NOT_ENOUGH_REPLICAS_AFTER_APPEND) or had the messages before (DUPLICATE_SEQUENCE_NUMBER). */
static bool is_refusal(int32_t error)
{
	return error > 0 && error != 7 && error != 20 && error != 46;
}

void count_failed(struct account_producer *producer, uint64_t messages, uint64_t bytes,
		  int32_t error)
{
	count_error(producer, error, COUNT_FAILED, messages);
	writer_event(EVENT_FAILED, producer_index(producer), error, (int64_t)bytes);
}

void count_done(struct account_producer *producer, uint32_t row, uint32_t site,
		enum trace_count kind, uint64_t messages, uint64_t bytes, int32_t error)
{
	/* Counted first, so that it is never too low for the failed ones. */
	if (!is_refusal(error))
		count_maybe(producer, kind, messages);
	count_in(row, site, kind, messages, bytes);
	if (kind == COUNT_FAILED)
		count_failed(producer, messages, bytes, error);
}

void count_requested(struct account_producer *producer, uint64_t messages)
{
	writer_add_shared(&producer_more(producer)->requested, messages);
}

/* Dropped messages are still outstanding. */
void count_requested_ended(struct account_producer *producer, enum trace_count kind,
			   uint64_t messages)
{
	if (kind == COUNT_DROPPED)
		return;
	writer_add_shared(&producer_more(producer)->requested_ended, messages);
}

void count_requested_written(struct account_producer *producer, uint64_t messages)
{
	writer_add_shared(&producer_more(producer)->requested_written, messages);
}

void count_unseen(uint64_t messages)
{
	writer_add_shared(&trace->process->sends_unseen, messages);
}

/* ---- sums ---- */

static uint64_t counts_sum(const struct account_producer *producer, uint32_t kinds)
{
	uint64_t sum = 0;
	uint32_t topic = __atomic_load_n(&trace->topic_lists[producer_index(producer)],
					 __ATOMIC_ACQUIRE);

	for (; topic; topic = trace->topic_next[topic - 1]) {
		const struct trace_counts *counts = &trace->topics[topic - 1].counts;
		uint32_t cell =
			__atomic_load_n(&trace->cell_lists[topic - 1], __ATOMIC_ACQUIRE);

		for (;;) {
			for (unsigned kind = 0; kind < TRACE_COUNTS; kind++)
				if (kinds & 1u << kind)
					sum += __atomic_load_n(&counts->messages[kind],
							       __ATOMIC_ACQUIRE);
			if (!cell)
				break;
			counts = &trace->cells[cell - 1].counts;
			cell = trace->cell_next[cell - 1];
		}
	}
	return sum;
}

uint64_t counts_of(const struct account_producer *producer, enum trace_count kind)
{
	return counts_sum(producer, 1u << kind);
}

uint64_t counts_produced(const struct account_producer *producer)
{
	uint64_t unrolled = counts_of(producer, COUNT_UNROLLED); /* before: never too few */

	return counts_of(producer, COUNT_SENT) - unrolled;
}

uint64_t counts_given(const struct account_producer *producer)
{
	uint64_t produced = counts_produced(producer); /* before: never too many */
	uint64_t held = held_by(producer);

	return produced > held ? produced - held : 0;
}

uint64_t counts_done(const struct account_producer *producer)
{
	return counts_sum(producer, 1u << COUNT_DELIVERED | 1u << COUNT_UNCONFIRMED |
					    1u << COUNT_FAILED | 1u << COUNT_PURGED);
}

/* The number of ended messages is read first, so that it cannot exceed the produced ones. */
uint64_t counts_outstanding(const struct account_producer *producer)
{
	uint64_t done = counts_done(producer);

	return counts_produced(producer) - done;
}
