/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_flush.c - what an application does to be sure of its messages: flush,
 * outq_len, purge, transactions.
 *
 * How far it has waited is noted as a number of messages produced.
 */
#include <errno.h>

#include "librdkafka/on_life.h"
#include "account/producers.h"
#include "socket/acks0_queue.h"
#include "trace/writer.h"

/* ---- flush, outq_len, purge ---- */

/*
 * Up to where a successful wait reaches. Certainly to what was produced when
 * it began; also to what other threads and callbacks produced during it, if
 * at one moment of it nothing was outstanding: `done` read before `produced`
 * and equal to it proves such a moment, for both only grow.
 */
static uint64_t reached(const struct guest_producer *producer, uint64_t produced_before)
{
	uint64_t done = producer_done(producer);
	uint64_t produced = producer_produced(producer);

	return done == produced ? produced : produced_before;
}

static void flush_account(struct guest_producer *producer, uint64_t produced_before, int64_t took_ns,
			  rd_kafka_resp_err_t result)
{
	struct trace_producer *row = producer_row(producer);

	writer_add_shared(&row->flush_calls, 1);
	writer_add_shared(&row->flush_waited_ns, (uint64_t)took_ns);
	row->flush_ended_ns = guest_now_ns();
	row->flush_result = result;
	if (result == RD_KAFKA_RESP_ERR_NO_ERROR)
		producer_waited(producer, reached(producer, produced_before), WAITED_FLUSH);
	else
		writer_add_shared(&row->flush_timeouts, 1);
	writer_event(EVENT_FLUSH_END, producer_index(producer), result, took_ns);
}

/* confluent-kafka's AIOProducer flushes by a timer of its own, without waiting: the
 * application knows nothing of that. */
static bool is_of_timer(const struct guest_producer *producer, int timeout_ms)
{
	return timeout_ms == 0 && producer_row(producer)->flags & PRODUCER_ASYNCIO;
}

rd_kafka_resp_err_t on_rd_kafka_flush(struct call *call, rd_kafka_t *rk, int timeout_ms)
{
	struct guest_producer *producer = kafka_is_recording() ? producer_find(rk) : NULL;
	bool outermost = kafka_api_enter() && producer && !is_of_timer(producer, timeout_ms);
	uint64_t produced = outermost ? producer_given(producer) : 0;
	int64_t began_ns = outermost ? guest_now_ns() : 0;

	if (outermost)
		writer_event_at(began_ns, EVENT_FLUSH_BEGIN, producer_index(producer),
				(int64_t)produced, timeout_ms);
	errno = call->error;
	rd_kafka_resp_err_t result = REAL(rd_kafka_flush, call)(rk, timeout_ms);

	call->error = errno;
	kafka_api_leave();
	if (outermost) {
		flush_account(producer, produced, guest_now_ns() - began_ns, result);
		acks0_queue_sample_all();
	}
	return result;
}

int on_rd_kafka_outq_len(struct call *call, rd_kafka_t *rk)
{
	struct guest_producer *producer = kafka_is_recording() ? producer_find(rk) : NULL;
	bool outermost = kafka_api_enter() && producer;
	uint64_t produced = outermost ? producer_given(producer) : 0;

	errno = call->error;
	int length = REAL(rd_kafka_outq_len, call)(rk);

	call->error = errno;
	kafka_api_leave();
	if (outermost && length == 0) {
		uint64_t before = producer_row(producer)->waited_for;

		producer_waited(producer, produced, WAITED_OUTQ_LEN);
		if (produced > before) {
			writer_event(EVENT_OUTQ_EMPTY, producer_index(producer), (int64_t)produced,
				     0);
			acks0_queue_sample_all();
		}
	}
	return length;
}

rd_kafka_resp_err_t on_rd_kafka_purge(struct call *call, rd_kafka_t *rk, int flags)
{
	struct guest_producer *producer = kafka_is_recording() ? producer_find(rk) : NULL;
	bool outermost = kafka_api_enter() && producer;
	uint64_t produced = outermost ? producer_given(producer) : 0;

	errno = call->error;
	rd_kafka_resp_err_t result = REAL(rd_kafka_purge, call)(rk, flags);

	call->error = errno;
	kafka_api_leave();
	if (!outermost)
		return result;
	writer_add_shared(&producer_row(producer)->purge_calls, 1);
	writer_event(EVENT_PURGE, producer_index(producer), flags, result);
	/* Queued and in flight both: the application has settled them all. */
	if (!result && (flags & RD_KAFKA_PURGE_F_QUEUE) && (flags & RD_KAFKA_PURGE_F_INFLIGHT))
		producer_waited(producer, produced, WAITED_PURGE);
	return result;
}

void on_rd_kafka_poll(const struct call *call, int given, rd_kafka_t *rk, int timeout_ms)
{
	/* Its part is the nesting: what it serves is counted in on_delivery.c. */
	(void)call, (void)given, (void)rk, (void)timeout_ms;
}

/* ---- transactions ---- */

void on_rd_kafka_begin_transaction(const struct call *call, rd_kafka_error_t *given, rd_kafka_t *rk)
{
	struct guest_producer *producer = kafka_is_recording() ? producer_find(rk) : NULL;

	(void)call;
	if (!producer || given)
		return;
	writer_add_shared(&producer_row(producer)->transactions_begun, 1);
	__atomic_fetch_or(&producer_row(producer)->flags, PRODUCER_IN_TRANSACTION, __ATOMIC_RELAXED);
	writer_event(EVENT_TRANSACTION_BEGIN, producer_index(producer), 0, 0);
}

static void transaction_ended(struct guest_producer *producer, bool committed,
			      const rd_kafka_error_t *error, uint64_t produced)
{
	struct trace_producer *row = producer_row(producer);

	writer_event(EVENT_TRANSACTION_END, producer_index(producer), committed, error != NULL);
	if (error) {
		/* Retriable or abortable: the transaction is still open. */
		writer_add_shared(&row->transaction_failures, 1);
		return;
	}
	__atomic_fetch_and(&row->flags, ~(uint32_t)PRODUCER_IN_TRANSACTION, __ATOMIC_RELAXED);
	writer_add_shared(committed ? &row->transactions_committed : &row->transactions_aborted, 1);
	/* Aborting discards on purpose what the transaction held. */
	producer_waited(producer, produced, committed ? WAITED_COMMIT : WAITED_PURGE);
}

#define END_TRANSACTION(name, committed) \
	struct guest_producer *producer = kafka_is_recording() ? producer_find(rk) : NULL; \
	uint64_t produced = producer ? producer_given(producer) : 0; \
	kafka_api_enter(); \
	errno = call->error; \
	rd_kafka_error_t *error = REAL(name, call)(rk, timeout_ms); \
	call->error = errno; \
	kafka_api_leave(); \
	if (producer) \
		transaction_ended(producer, committed, error, produced); \
	return error

rd_kafka_error_t *on_rd_kafka_commit_transaction(struct call *call, rd_kafka_t *rk,
						 int timeout_ms)
{
	END_TRANSACTION(rd_kafka_commit_transaction, true);
}

rd_kafka_error_t *on_rd_kafka_abort_transaction(struct call *call, rd_kafka_t *rk,
						int timeout_ms)
{
	END_TRANSACTION(rd_kafka_abort_transaction, false);
}
