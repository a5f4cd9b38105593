/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_life.c - producers are made and destroyed.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "account/counts.h"
#include "account/held.h"
#include "account/waits.h"
#include "calls/calls.h"
#include "cpython/line.h"
#include "librdkafka/configuration.h"
#include "librdkafka/inside.h"
#include "librdkafka/interceptors.h"
#include "librdkafka/unwound.h"
#include "librdkafka/on_report.h"
#include "librdkafka/unsafe_conf.h"
#include "python/probe.h"
#include "site/callsite.h"
#include "site/unwind.h"
#include "trace/map.h"
#include "trace/large_thread.h"
#include "trace/record.h"

/* Not in the public header: destroy returns while its threads are still running. */
#ifndef RD_KAFKA_DESTROY_F_IMMEDIATE
#define RD_KAFKA_DESTROY_F_IMMEDIATE 0x4
#endif

/* ---- new ---- */

void on_rd_kafka_conf_destroy(struct call *call, rd_kafka_conf_t *conf)
{
	if (!unsafe_conf_is(conf))
		REAL(rd_kafka_conf_destroy, call)(conf);
}

static void facts_write(const struct handle *handle, trace_string configuration,
			const char *client_id)
{
	struct account_producer *producer = producer_at(handle->producer);
	struct trace_producer *row = producer_row(producer);

	if (row->flags & PRODUCER_OVERFLOW)
		return;
	producer->configuration = configuration;
	row->configuration = configuration;
	row->client_id = configuration_string_once(client_id, strlen(client_id),
						   offsetof(struct trace_producer, client_id));
}

/* One call of rd_kafka_new. */
struct making {
	struct handle *handle;	 /* NULL: not recorded */
	rd_kafka_conf_t *conf;	 /* what the real call gets */
	rd_kafka_conf_t *given;	 /* the host's */
	rd_kafka_conf_t *backup; /* a copy before we changed it; NULL: not needed */
};

/* rd_kafka_new failed: the configuration belongs to the host again, unchanged except
 * that it may have our interceptor. */
static void new_failed(const struct making *making)
{
	struct handle *handle = making->handle;
	bool refused = handle->rk != NULL;

	struct account_producer *producer =
		handle->accounted ? producer_at(handle->producer) : NULL;

	if (producer && !producer_is_shared(producer)) {
		/* The next rd_kafka_t may get the same address. */
		producer_row(producer)->state = PRODUCER_REFUSED;
		producer_settle(producer);
	}
	reports_detach(handle, making->conf);
	if (refused && unsafe_conf_happens(handle->copy))
		unsafe_conf_add(handle->copy, making->conf, making->backup);
	else
		unsafe_conf_free(handle->copy,
				 making->conf != making->given ? making->conf : NULL,
				 making->backup);
	/* The handle stays taken: the configuration may still point to it. */
	__atomic_store_n(&handle->rk, NULL, __ATOMIC_RELAXED);
}

/* Decides whether the new handle is recorded, and prepares its configuration. */
static void making_begin(struct making *making, const struct copy *copy, rd_kafka_type_t type)
{
	bool looks = type == RD_KAFKA_PRODUCER && !guest_is_borrowed() && record_ready();

	if (unsafe_conf_is(making->given))
		making->conf = unsafe_conf_replacement(copy, making->given);
	if (looks && !unsafe_conf_is_full(copy))
		making->handle = handle_take(copy);
	if (!making->handle)
		return;
	unwind_open();
	python_open();
	if (!making->conf)
		making->conf = USE(copy, rd_kafka_conf_new)();
	else if (making->conf == making->given)
		making->backup = unsafe_conf_backup(copy, making->conf);
	if (interceptors_attach(making->handle, making->conf))
		return;
	handle_release(making->handle);
	unsafe_conf_free(copy, NULL, making->backup);
	making->handle = NULL;
	making->backup = NULL;
}

static rd_kafka_t *making_run(struct call *call, const struct making *making, char *message,
			      size_t message_bytes)
{
	struct handle *outer = interceptors_pending;
	char client_id[256] = "";

	making->handle->maker = call->caller;
	configuration_flags(making->handle, making->conf);
	making->handle->flags |= python_probe_producer_made(handle_account_of);
	configuration_text(call->copy, making->conf, "client.id", client_id, sizeof client_id);
	trace_string configuration = configuration_write(call->copy, making->conf);
	uint32_t site = callsite_find(call->caller, call->frame);

	interceptors_pending = making->handle;
	errno = call->error;
	rd_kafka_t *rk = REAL(rd_kafka_new, call)(RD_KAFKA_PRODUCER, making->conf, message,
						  message_bytes);

	call->error = errno;
	interceptors_pending = outer;
	if (!rk) {
		new_failed(making);
		return NULL;
	}
	unsafe_conf_free(call->copy, NULL, making->backup);
	if (call->copy->inside)
		inside_made(making->handle, rk);
	if (making->handle->accounted) {
		facts_write(making->handle, configuration, client_id);
		producer_made_at(producer_at(making->handle->producer), site);
	}
	return rk;
}

/* A consumer loses no messages; noted so that its connections do not count as those of an
 * unknown client. */
static void consumer_note(void)
{
	if (!guest_is_borrowed() && record_ready())
		__atomic_fetch_or(&trace->process->notes, NOTE_CONSUMER, __ATOMIC_RELAXED);
}

rd_kafka_t *on_rd_kafka_new(struct call *call, rd_kafka_type_t type, rd_kafka_conf_t *conf,
			    char *message, size_t message_bytes)
{
	struct making making = {.conf = conf, .given = conf};

	making_begin(&making, call->copy, type);
	if (making.handle)
		return making_run(call, &making, message, message_bytes);
	if (type == RD_KAFKA_PRODUCER && kafka_is_recording())
		__atomic_fetch_or(&trace->process->notes, NOTE_CONFLICT, __ATOMIC_RELAXED);
	errno = call->error;
	rd_kafka_t *rk = REAL(rd_kafka_new, call)(type, making.conf, message, message_bytes);

	call->error = errno;
	if (rk && type == RD_KAFKA_CONSUMER)
		consumer_note();
	return rk;
}

void on_rd_kafka_topic_new(const struct call *call, rd_kafka_topic_t *given, rd_kafka_t *rk,
			   const char *topic, rd_kafka_topic_conf_t *conf)
{
	(void)call, (void)topic, (void)conf;
	struct account_producer *producer =
		given && kafka_is_recording() ? handle_known(rk) : NULL;

	if (!producer)
		return;
	__atomic_fetch_add(&librdkafka_state->topics_made, 1, __ATOMIC_RELAXED);
	handle_object_remember(given, producer);
}

static void queue_made(rd_kafka_queue_t *queue, rd_kafka_t *rk)
{
	struct account_producer *producer =
		queue && kafka_is_recording() ? handle_known(rk) : NULL;

	if (producer)
		handle_object_remember(queue, producer);
}

void on_rd_kafka_queue_new(const struct call *call, rd_kafka_queue_t *given, rd_kafka_t *rk)
{
	(void)call;
	queue_made(given, rk);
}

void on_rd_kafka_queue_get_main(const struct call *call, rd_kafka_queue_t *given,
				rd_kafka_t *rk)
{
	(void)call;
	queue_made(given, rk);
}

/* ---- destroy ---- */

static struct wait destroy_begin(rd_kafka_t *rk, int flags)
{
	struct account_producer *producer = kafka_is_recording() ? handle_known(rk) : NULL;
	struct wait wait = wait_close_begin(producer, flags, true);

	if (wait.producer)
		handle_fatal_look(handle_find(rk));
	if (wait.producer && flags & RD_KAFKA_DESTROY_F_IMMEDIATE)
		producer_flags_set(producer, PRODUCER_DESTROYED_IMMEDIATELY);
	return wait;
}

/* After the real destroy: acknowledgements are called until it returns. With IMMEDIATE it
 * returns while librdkafka's threads still run and call them. */
static void destroy_end(const struct wait *wait, struct handle *handle, int flags)
{
	bool ended = !(flags & RD_KAFKA_DESTROY_F_IMMEDIATE);

	wait_close_end(wait, WAIT_CLOSE_DONE, true, false);
	if (ended && wait_is_current(wait)) {
		held_forget(wait->producer);
		large_messages_left(producer_index(wait->producer));
		producer_settle(wait->producer);
	}
	if (ended && handle)
		handle_release(handle);
}

void on_rd_kafka_destroy(struct call *call, rd_kafka_t *rk)
{
	struct wait wait = destroy_begin(rk, 0);
	struct handle *handle = handle_find(rk); /* afterwards rk may be another's */

	nesting_enter(0);
	errno = call->error;
	REAL(rd_kafka_destroy, call)(rk);
	call->error = errno;
	nesting_leave();
	destroy_end(&wait, handle, 0);
}

void on_rd_kafka_destroy_flags(struct call *call, rd_kafka_t *rk, int flags)
{
	struct wait wait = destroy_begin(rk, flags);
	struct handle *handle = handle_find(rk); /* afterwards rk may be another's */

	nesting_enter(0);
	errno = call->error;
	REAL(rd_kafka_destroy_flags, call)(rk, flags);
	call->error = errno;
	nesting_leave();
	destroy_end(&wait, handle, flags);
}
