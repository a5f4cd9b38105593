/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_kafka.c - producers are made, waited for, and destroyed.
 */
#include "on_kafka.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "on_delivery.h"
#include "on_report.h"
#include "configuration.h"
#include "producers.h"
#include "queue.h"
#include "python.h"
#include "sitemap.h"
#include "spoilt.h"
#include "unwind.h"
#include "writer.h"

/* Not in the public header: destroy returns with the threads still running. */
#ifndef RD_KAFKA_DESTROY_F_IMMEDIATE
#define RD_KAFKA_DESTROY_F_IMMEDIATE 0x4
#endif

static bool recording(void)
{
	return guest_phase() == GUEST_RECORDING;
}

bool kafka_api_enter(void)
{
	if (!recording())
		return true;
	return guest_this_thread()->api_depth++ == 0;
}

void kafka_api_leave(void)
{
	struct guest_thread *self = guest_this_thread();

	if (recording() && self->api_depth)
		self->api_depth--;
}

/* ---- new ---- */

void on_rd_kafka_conf_destroy(const struct call *call, rd_kafka_conf_t *conf)
{
	if (!spoilt_is(conf))
		REAL(rd_kafka_conf_destroy, call)(conf);
}

static void facts_write(const struct handle *handle, trace_string configuration,
			const char *client_id)
{
	struct guest_producer *producer = &guest->producers[handle->producer];
	struct trace_producer *row = producer_row(producer);

	if (row->flags & PRODUCER_OVERFLOW)
		return;
	producer->configuration = configuration;
	row->configuration = configuration;
	row->client_id = configuration_string_once(client_id, strlen(client_id),
				     offsetof(struct trace_producer, client_id));
}

/* What one call of rd_kafka_new is about. */
struct making {
	struct handle *handle;	 /* NULL: nobody looks */
	rd_kafka_conf_t *conf;	 /* what the real call gets */
	rd_kafka_conf_t *given;	 /* the host's */
	rd_kafka_conf_t *backup; /* as it was before we touched it; NULL not needed */
};

/* It has failed: the configuration is the host's again, as it was, except
 * that it may hold our interceptor. */
static void new_failed(const struct making *making)
{
	struct handle *handle = making->handle;
	bool refused = handle->rk != NULL;

	if (refused) {
		struct guest_producer *producer = &guest->producers[handle->producer];

		/* Its address is the next rd_kafka_t's, maybe: forget it. */
		producer_row(producer)->state = PRODUCER_REFUSED;
		producer_settle(producer);
	}
	reports_detach(handle, making->conf);
	if (refused && spoilt_happens(handle->copy))
		spoilt_add(handle->copy, making->conf, making->backup);
	else
		spoilt_free(handle->copy, making->conf != making->given ? making->conf : NULL,
			    making->backup);
	/* The handle stays taken: the configuration may still point to it. */
	__atomic_store_n(&handle->rk, NULL, __ATOMIC_RELAXED);
}

/* Decides whether to look, and at which configuration. */
static void making_begin(struct making *making, const struct copy *copy, rd_kafka_type_t type)
{
	bool looks = type == RD_KAFKA_PRODUCER && !guest_is_borrowed() && guest_record();

	if (spoilt_is(making->given))
		making->conf = spoilt_replacement(copy, making->given);
	if (looks && !spoilt_is_full(copy))
		making->handle = handle_take(copy);
	if (!making->handle)
		return;
	unwind_open();
	python_open();
	if (!making->conf)
		making->conf = USE(copy, rd_kafka_conf_new)();
	else if (making->conf == making->given)
		making->backup = spoilt_backup(copy, making->conf);
	if (delivery_attach(making->handle, making->conf))
		return;
	handle_release(making->handle);
	spoilt_free(copy, NULL, making->backup);
	making->handle = NULL;
	making->backup = NULL;
}

static rd_kafka_t *making_run(const struct call *call, const struct making *making, char *message,
			      size_t message_bytes)
{
	struct call *out = (struct call *)call;
	struct handle *outer = delivery_pending;
	char client_id[256] = "";

	configuration_flags(making->handle, making->conf);
	configuration_text(call->copy, making->conf, "client.id", client_id, sizeof client_id);
	trace_string configuration = configuration_write(call->copy, making->conf);

	delivery_pending = making->handle;
	errno = call->error;
	rd_kafka_t *rk =
		REAL(rd_kafka_new, call)(RD_KAFKA_PRODUCER, making->conf, message, message_bytes);

	out->error = errno;
	delivery_pending = outer;
	if (!rk) {
		new_failed(making);
		return NULL;
	}
	spoilt_free(call->copy, NULL, making->backup);
	if (making->handle->accounted)
		facts_write(making->handle, configuration, client_id);
	return rk;
}

rd_kafka_t *on_rd_kafka_new(const struct call *call, rd_kafka_type_t type, rd_kafka_conf_t *conf,
			    char *message, size_t message_bytes)
{
	struct call *out = (struct call *)call;
	struct making making = {.conf = conf, .given = conf};

	making_begin(&making, call->copy, type);
	if (making.handle)
		return making_run(call, &making, message, message_bytes);
	if (type == RD_KAFKA_PRODUCER && recording())
		__atomic_fetch_or(&guest->map.process->notes, NOTE_CONFLICT, __ATOMIC_RELAXED);
	errno = call->error;
	rd_kafka_t *rk = REAL(rd_kafka_new, call)(type, making.conf, message, message_bytes);

	out->error = errno;
	return rk;
}

void on_rd_kafka_topic_new(const struct call *call, rd_kafka_topic_t *given, rd_kafka_t *rk,
			   const char *topic, rd_kafka_topic_conf_t *conf)
{
	(void)call, (void)topic, (void)conf;
	struct guest_producer *producer = given && recording() ? producer_find(rk) : NULL;

	if (!producer)
		return;
	__atomic_fetch_add(&guest->topics_made, 1, __ATOMIC_RELAXED);
	object_remember(given, producer);
}

static void queue_made(rd_kafka_queue_t *queue, rd_kafka_t *rk)
{
	struct guest_producer *producer = queue && recording() ? producer_find(rk) : NULL;

	if (producer)
		object_remember(queue, producer);
}

void on_rd_kafka_queue_new(const struct call *call, rd_kafka_queue_t *given, rd_kafka_t *rk)
{
	(void)call;
	queue_made(given, rk);
}

void on_rd_kafka_queue_get_main(const struct call *call, rd_kafka_queue_t *given, rd_kafka_t *rk)
{
	(void)call;
	queue_made(given, rk);
}

/* ---- waiting ---- */

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

rd_kafka_resp_err_t on_rd_kafka_flush(const struct call *call, rd_kafka_t *rk, int timeout_ms)
{
	struct call *out = (struct call *)call;
	struct guest_producer *producer = recording() ? producer_find(rk) : NULL;
	bool outermost = kafka_api_enter() && producer;
	uint64_t produced = outermost ? producer_produced(producer) : 0;
	int64_t began_ns = outermost ? guest_now_ns() : 0;

	if (outermost)
		writer_event_at(began_ns, EVENT_FLUSH_BEGIN, producer_index(producer),
				(int64_t)produced, timeout_ms);
	errno = call->error;
	rd_kafka_resp_err_t result = REAL(rd_kafka_flush, call)(rk, timeout_ms);

	out->error = errno;
	kafka_api_leave();
	if (outermost) {
		flush_account(producer, produced, guest_now_ns() - began_ns, result);
		queue_sample_all();
	}
	return result;
}

int on_rd_kafka_outq_len(const struct call *call, rd_kafka_t *rk)
{
	struct call *out = (struct call *)call;
	struct guest_producer *producer = recording() ? producer_find(rk) : NULL;
	bool outermost = kafka_api_enter() && producer;
	uint64_t produced = outermost ? producer_produced(producer) : 0;

	errno = call->error;
	int length = REAL(rd_kafka_outq_len, call)(rk);

	out->error = errno;
	kafka_api_leave();
	if (outermost && length == 0) {
		uint64_t before = producer_row(producer)->waited_for;

		producer_waited(producer, produced, WAITED_OUTQ_LEN);
		if (produced > before) {
			writer_event(EVENT_OUTQ_EMPTY, producer_index(producer), (int64_t)produced,
				     0);
			queue_sample_all();
		}
	}
	return length;
}

rd_kafka_resp_err_t on_rd_kafka_purge(const struct call *call, rd_kafka_t *rk, int flags)
{
	struct call *out = (struct call *)call;
	struct guest_producer *producer = recording() ? producer_find(rk) : NULL;
	bool outermost = kafka_api_enter() && producer;
	uint64_t produced = outermost ? producer_produced(producer) : 0;

	errno = call->error;
	rd_kafka_resp_err_t result = REAL(rd_kafka_purge, call)(rk, flags);

	out->error = errno;
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
	struct guest_producer *producer = recording() ? producer_find(rk) : NULL;

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
	struct call *out = (struct call *)call; \
	struct guest_producer *producer = recording() ? producer_find(rk) : NULL; \
	uint64_t produced = producer ? producer_produced(producer) : 0; \
	kafka_api_enter(); \
	errno = call->error; \
	rd_kafka_error_t *error = REAL(name, call)(rk, timeout_ms); \
	out->error = errno; \
	kafka_api_leave(); \
	if (producer) \
		transaction_ended(producer, committed, error, produced); \
	return error

rd_kafka_error_t *on_rd_kafka_commit_transaction(const struct call *call, rd_kafka_t *rk,
						 int timeout_ms)
{
	END_TRANSACTION(rd_kafka_commit_transaction, true);
}

rd_kafka_error_t *on_rd_kafka_abort_transaction(const struct call *call, rd_kafka_t *rk,
						int timeout_ms)
{
	END_TRANSACTION(rd_kafka_abort_transaction, false);
}

/* ---- destroy ---- */

static struct guest_producer *destroy_begin(rd_kafka_t *rk, int flags)
{
	struct guest_producer *producer = recording() ? producer_find(rk) : NULL;

	if (!producer)
		return NULL;
	struct trace_producer *row = producer_row(producer);

	row->destroy_began_ns = guest_now_ns();
	if (flags & RD_KAFKA_DESTROY_F_IMMEDIATE)
		__atomic_fetch_or(&row->flags, PRODUCER_DESTROYED_IMMEDIATELY, __ATOMIC_RELAXED);
	uint64_t outstanding = producer_produced(producer) - producer_done(producer);

	writer_event_at(row->destroy_began_ns, EVENT_DESTROY_BEGIN, producer_index(producer),
			(int64_t)outstanding, flags);
	__atomic_store_n(&row->state, PRODUCER_DESTROYING, __ATOMIC_RELEASE);
	__atomic_store_n(&producer->destroying, true, __ATOMIC_RELEASE);
	return producer;
}

/* Only now: acknowledgements come until the real destroy has returned. */
static void destroy_end(struct guest_producer *producer, struct handle *handle, int flags)
{
	if (producer) {
		struct trace_producer *row = producer_row(producer);

		row->destroyed_ns = guest_now_ns();
		__atomic_store_n(&row->state, PRODUCER_DESTROYED, __ATOMIC_RELEASE);
		writer_event(EVENT_DESTROY_END, producer_index(producer),
			     (int64_t)(producer_produced(producer) - producer_done(producer)), 0);
		/* It returns while librdkafka's threads still run and count. */
		if (flags & RD_KAFKA_DESTROY_F_IMMEDIATE)
			return;
		sitemap_clear(producer);
		producer_settle(producer);
	}
	if (handle && !(flags & RD_KAFKA_DESTROY_F_IMMEDIATE))
		handle_release(handle);
}

void on_rd_kafka_destroy(const struct call *call, rd_kafka_t *rk)
{
	struct call *out = (struct call *)call;
	struct guest_producer *producer = destroy_begin(rk, 0);
	struct handle *handle = handle_find(rk); /* afterwards rk may be another's */

	kafka_api_enter();
	errno = call->error;
	REAL(rd_kafka_destroy, call)(rk);
	out->error = errno;
	kafka_api_leave();
	destroy_end(producer, handle, 0);
}

void on_rd_kafka_destroy_flags(const struct call *call, rd_kafka_t *rk, int flags)
{
	struct call *out = (struct call *)call;
	struct guest_producer *producer = destroy_begin(rk, flags);
	struct handle *handle = handle_find(rk); /* afterwards rk may be another's */

	kafka_api_enter();
	errno = call->error;
	REAL(rd_kafka_destroy_flags, call)(rk, flags);
	out->error = errno;
	kafka_api_leave();
	destroy_end(producer, handle, flags);
}
