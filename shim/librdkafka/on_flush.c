/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_flush.c - calls by which an application waits for its messages, or discards
 * them: flush, outq_len, purge, yield, transactions.
 *
 * A wait is recorded as the number of messages produced before it.
 */
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>

#include "account/waits.h"
#include "calls/calls.h"
#include "guest/loaded.h"
#include "guest/raw.h"
#include "librdkafka/binding.h"
#include "librdkafka/handles.h"
#include "librdkafka/unwound.h"
#include "socket/acks0_queue.h"

/* The account of the producer that the application's call names; NULL: librdkafka
 * itself makes the call, or nothing is recorded. */
static inline __attribute__((always_inline)) struct account_producer *
call_begin(const rd_kafka_t *rk, int timeout_ms)
{
	struct account_producer *producer = kafka_is_recording() ? handle_known(rk) : NULL;

	return nesting_enter(timeout_ms) ? producer : NULL;
}

/* ---- flush, outq_len, purge ---- */

/* confluent-kafka's AIOProducer calls flush(0) by a timer: the application does not wait. */
static bool is_of_timer(const struct account_producer *producer, int timeout_ms)
{
	return timeout_ms == 0 && producer_row(producer)->flags & PRODUCER_ASYNCIO;
}

/* A flush that a callback has made return early (rd_kafka_yield) returns _TIMED_OUT. */
static void flush_returned(const struct wait *wait, rd_kafka_resp_err_t result, uint32_t left,
			   rd_kafka_t *rk)
{
	if (result && left)
		wait_flush_left(wait, left, result);
	else
		wait_flush_end(wait, result, WAIT_OF_ALL);
	handle_fatal_look(handle_find(rk));
	acks0_queue_sample_all();
}

rd_kafka_resp_err_t on_rd_kafka_flush(struct call *call, rd_kafka_t *rk, int timeout_ms)
{
	struct account_producer *producer = call_begin(rk, timeout_ms);

	if (producer && is_of_timer(producer, timeout_ms))
		producer = NULL;
	struct wait wait = wait_flush_begin(producer, timeout_ms, call->caller);
	struct unwound_flush outer;

	if (producer)
		unwound_flush_begin(&wait, &outer);
	errno = call->error;
	UNWOUND_TELLS(unwound_flush);
	rd_kafka_resp_err_t result = REAL(rd_kafka_flush, call)(rk, timeout_ms);

	call->error = errno;
	nesting_leave();
	if (producer)
		flush_returned(&wait, result, unwound_flush_end(&outer), rk);
	return result;
}

void on_rd_kafka_yield(const struct call *call, rd_kafka_t *rk)
{
	(void)call, (void)rk;
	if (kafka_is_recording())
		unwound_yielded();
}

/* The tid of this thread, if it is not the producer's own; 0: it is. Goroutines move between
 * threads: in Go every thread counts as own, since the binding's poller does not make this
 * call. */
static int32_t thread_other(const struct account_producer *producer)
{
	return !producer || producer_more(producer)->binding == BINDING_GO ||
			       nesting_is_own(&librdkafka_thread, producer_index(producer))
		       ? 0
		       : (int32_t)RAW_0(SYS_gettid);
}

int on_rd_kafka_outq_len(struct call *call, rd_kafka_t *rk)
{
	struct wait wait = wait_begin(call_begin(rk, 0));

	errno = call->error;
	int length = REAL(rd_kafka_outq_len, call)(rk);

	call->error = errno;
	nesting_leave();
	if (length == 0 && wait_found_empty(&wait, thread_other(wait.producer)))
		acks0_queue_sample_all();
	return length;
}

/*
 * librdkafka purges by itself after a fatal error, on a thread of its own or inside a call that
 * has no row in calls.def. Such a purge is called from the library; where the library is linked
 * into the object that uses it, it is recognised by the thread.
 */
static bool is_of_client(const struct call *call)
{
	struct loaded caller;
	char thread[16] = "";

	if (call->copy->linkage != LINKAGE_ADDON && call->copy->linkage != LINKAGE_STATIC &&
	    loaded_find(call->caller, &caller) && (uintptr_t)call->copy->base >= caller.low &&
	    (uintptr_t)call->copy->base < caller.high)
		return true;
	RAW_2(SYS_prctl, PR_GET_NAME, (intptr_t)thread);
	return strncmp(thread, "rdk:", 4) == 0;
}

static bool is_of_wrapper(const struct account_producer *producer, const rd_kafka_t *rk)
{
	struct handle *handle = producer ? handle_find(rk) : NULL;

	return handle && binding_does(binding_of(handle), BINDING_DOES_PURGES);
}

rd_kafka_resp_err_t on_rd_kafka_purge(struct call *call, rd_kafka_t *rk, int flags)
{
	struct account_producer *producer = call_begin(rk, 0);

	if (producer && is_of_client(call)) {
		handle_fatal_look(handle_find(rk)); /* librdkafka holds no lock here */
		producer = NULL;
	}
	struct wait wait = wait_purge_begin(producer, is_of_wrapper(producer, rk));
	bool all = (flags & RD_KAFKA_PURGE_F_QUEUE) && (flags & RD_KAFKA_PURGE_F_INFLIGHT);

	errno = call->error;
	rd_kafka_resp_err_t result = REAL(rd_kafka_purge, call)(rk, flags);

	call->error = errno;
	nesting_leave();
	wait_purge_end(&wait, flags, result, all);
	return result;
}

/* ---- transactions ---- */

static int32_t code_of(const struct call *call, const rd_kafka_error_t *error)
{
	return error ? (int32_t)USE(call->copy, rd_kafka_error_code)(error) : 0;
}

static void transaction_called(const struct call *call, rd_kafka_t *rk,
			       enum trace_transaction_call which, const rd_kafka_error_t *given)
{
	struct account_producer *producer = kafka_is_recording() ? handle_known(rk) : NULL;

	if (!producer)
		return;
	if (which == TRANSACTION_BEGIN && !given)
		wait_transaction_begun(producer);
	else
		wait_transaction_called(producer, which, code_of(call, given));
	if (given)
		handle_fatal_look(handle_find(rk));
}

void on_rd_kafka_init_transactions(const struct call *call, rd_kafka_error_t *given,
				   rd_kafka_t *rk, int timeout_ms)
{
	(void)timeout_ms;
	transaction_called(call, rk, TRANSACTION_INIT, given);
}

void on_rd_kafka_begin_transaction(const struct call *call, rd_kafka_error_t *given,
				   rd_kafka_t *rk)
{
	transaction_called(call, rk, TRANSACTION_BEGIN, given);
}

void on_rd_kafka_send_offsets_to_transaction(const struct call *call, rd_kafka_error_t *given,
					     rd_kafka_t *rk,
					     const rd_kafka_topic_partition_list_t *offsets,
					     const rd_kafka_consumer_group_metadata_t *group,
					     int timeout_ms)
{
	(void)offsets, (void)group, (void)timeout_ms;
	transaction_called(call, rk, TRANSACTION_SEND_OFFSETS, given);
}

#define END_TRANSACTION(name, which)                                                           \
	struct account_producer *producer = kafka_is_recording() ? handle_known(rk) : NULL;    \
	struct wait wait = wait_transaction_end_begin(producer, which);                        \
	nesting_enter(timeout_ms);                                                             \
	errno = call->error;                                                                   \
	UNWOUND_TELLS(unwound_call);                                                           \
	rd_kafka_error_t *error = REAL(name, call)(rk, timeout_ms);                            \
	call->error = errno;                                                                   \
	nesting_leave();                                                                       \
	wait_transaction_end(&wait, which, code_of(call, error));                              \
	if (error)                                                                             \
		handle_fatal_look(handle_find(rk));                                            \
	return error

rd_kafka_error_t *on_rd_kafka_commit_transaction(struct call *call, rd_kafka_t *rk,
						 int timeout_ms)
{
	END_TRANSACTION(rd_kafka_commit_transaction, WAIT_COMMIT);
}

rd_kafka_error_t *on_rd_kafka_abort_transaction(struct call *call, rd_kafka_t *rk,
						int timeout_ms)
{
	END_TRANSACTION(rd_kafka_abort_transaction, WAIT_ABORT);
}
