/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_life.c - producers are made and destroyed.
 */
#include "librdkafka/on_life.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "librdkafka/on_delivery.h"
#include "librdkafka/on_report.h"
#include "python/probe.h"
#include "librdkafka/configuration.h"
#include "account/held.h"
#include "account/producers.h"
#include "cpython/line.h"
#include "account/message_sites.h"
#include "librdkafka/unsafe_conf.h"
#include "site/unwind.h"
#include "trace/map.h"
#include "trace/record.h"
#include "trace/writer.h"

/* Not in the public header: destroy returns with the threads still running. */
#ifndef RD_KAFKA_DESTROY_F_IMMEDIATE
#define RD_KAFKA_DESTROY_F_IMMEDIATE 0x4
#endif

bool kafka_api_enter(void)
{
	if (!kafka_is_recording())
		return true;
	return guest_this_thread()->api_depth++ == 0;
}

void kafka_api_leave(void)
{
	struct guest_thread *self = guest_this_thread();

	if (kafka_is_recording() && self->api_depth)
		self->api_depth--;
}

/* ---- new ---- */

void on_rd_kafka_conf_destroy(struct call *call, rd_kafka_conf_t *conf)
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
	bool looks = type == RD_KAFKA_PRODUCER && !guest_is_borrowed() && record_ready();

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

static rd_kafka_t *making_run(struct call *call, const struct making *making, char *message,
			      size_t message_bytes)
{
	struct handle *outer = delivery_pending;
	char client_id[256] = "";

	configuration_flags(making->handle, making->conf);
	making->handle->flags |= python_probe_producer_made();
	configuration_text(call->copy, making->conf, "client.id", client_id, sizeof client_id);
	trace_string configuration = configuration_write(call->copy, making->conf);

	delivery_pending = making->handle;
	errno = call->error;
	rd_kafka_t *rk =
		REAL(rd_kafka_new, call)(RD_KAFKA_PRODUCER, making->conf, message, message_bytes);

	call->error = errno;
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
	return rk;
}

void on_rd_kafka_topic_new(const struct call *call, rd_kafka_topic_t *given, rd_kafka_t *rk,
			   const char *topic, rd_kafka_topic_conf_t *conf)
{
	(void)call, (void)topic, (void)conf;
	struct guest_producer *producer = given && kafka_is_recording() ? producer_find(rk) : NULL;

	if (!producer)
		return;
	__atomic_fetch_add(&guest->topics_made, 1, __ATOMIC_RELAXED);
	object_remember(given, producer);
}

static void queue_made(rd_kafka_queue_t *queue, rd_kafka_t *rk)
{
	struct guest_producer *producer = queue && kafka_is_recording() ? producer_find(rk) : NULL;

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

/* ---- destroy ---- */

static struct guest_producer *destroy_begin(rd_kafka_t *rk, int flags)
{
	struct guest_producer *producer = kafka_is_recording() ? producer_find(rk) : NULL;

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
		held_forget(producer);
		producer_settle(producer);
	}
	if (handle && !(flags & RD_KAFKA_DESTROY_F_IMMEDIATE))
		handle_release(handle);
}

void on_rd_kafka_destroy(struct call *call, rd_kafka_t *rk)
{
	struct guest_producer *producer = destroy_begin(rk, 0);
	struct handle *handle = handle_find(rk); /* afterwards rk may be another's */

	kafka_api_enter();
	errno = call->error;
	REAL(rd_kafka_destroy, call)(rk);
	call->error = errno;
	kafka_api_leave();
	destroy_end(producer, handle, 0);
}

void on_rd_kafka_destroy_flags(struct call *call, rd_kafka_t *rk, int flags)
{
	struct guest_producer *producer = destroy_begin(rk, flags);
	struct handle *handle = handle_find(rk); /* afterwards rk may be another's */

	kafka_api_enter();
	errno = call->error;
	REAL(rd_kafka_destroy_flags, call)(rk, flags);
	call->error = errno;
	kafka_api_leave();
	destroy_end(producer, handle, flags);
}
