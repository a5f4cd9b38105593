/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_report.c - delivery reports and errors that the application was given.
 *
 * In a producer's configuration the guest's callbacks replace the host's: they
 * count, and call those. Calls that the host's callback makes count as the
 * application's, not librdkafka's.
 */
#include "librdkafka/on_report.h"

#include <string.h>

#include "account/told.h"
#include "account/waits.h"
#include "calls/calls.h"
#include "librdkafka/binding.h"
#include "librdkafka/unwound.h"

/* Purged messages are reported with an error, but did not fail. */
static bool is_failure(rd_kafka_resp_err_t error)
{
	return error && error != RD_KAFKA_RESP_ERR__PURGE_QUEUE &&
	       error != RD_KAFKA_RESP_ERR__PURGE_INFLIGHT;
}

/* Counts who was told of `count` failed or purged messages. */
static void bad_end_told(struct account_producer *producer, enum binding_tells tells,
			 rd_kafka_resp_err_t error, uint64_t messages)
{
	bool failed = is_failure(error);
	uint32_t flags = producer_row(producer)->flags;

	/* An AIOProducer tells the application by a future: python/confluent.c counts that.
	 * Where the probe does not see the futures, the binding counts as told. */
	if ((flags & (PRODUCER_ASYNCIO | PRODUCER_HELD_UNSEEN)) == PRODUCER_ASYNCIO)
		return;
	if (flags & PRODUCER_ASYNCIO)
		tells = BINDING_TELLS_BINDING;
	if (failed)
		writer_add_shared(&producer_row(producer)->reports_served_failed, messages);
	if (tells == BINDING_TELLS_APPLICATION)
		(failed ? told_application_failures : told_purges)(producer, messages);
	else if (tells == BINDING_TELLS_BINDING)
		(failed ? told_binding_failures : told_binding_purges)(producer, messages);
}

/* Reports were served on this thread; `background`: that is librdkafka's own. */
static void reports_served(struct account_producer *producer, const struct handle *handle,
			   uint64_t reports, bool background)
{
	const struct librdkafka_thread *self = librdkafka_this_thread();
	struct told_where where = {
		.binding = background ||
			   (handle && binding_does(handle->binding, BINDING_DOES_POLLS)) ||
			   producer_row(producer)->flags & PRODUCER_ASYNCIO,
		.own = nesting_is_own(self, producer_index(producer)),
		.timeout_ms = self->timeout_ms,
	};

	told_reports(producer, reports);
	told_served(producer, &where);
}

/*
 * Some bindings' callbacks read the failed message only if the application has
 * a handler: until they do (by rd_kafka_topic_name), the message does not count
 * as told. Counted at that call, because the next function that the callback
 * calls may not return.
 */
static void bad_end_begins(struct handle *handle, rd_kafka_resp_err_t error, const void *opaque)
{
	struct librdkafka_thread *self = librdkafka_this_thread();

	self->untold = handle;
	self->untold_error = error;
	self->untold_opaque = opaque;
}

static void bad_end_handed_on(struct librdkafka_thread *self, bool looked_at)
{
	struct handle *handle = self->untold;
	struct account_producer *producer =
		guest_phase() == GUEST_RECORDING ? handle_known(handle->rk) : NULL;

	self->untold = NULL;
	if (producer)
		bad_end_told(producer,
			     looked_at ? binding_tells(handle->binding, self->untold_opaque)
				       : BINDING_TELLS_NOBODY,
			     (rd_kafka_resp_err_t)self->untold_error, 1);
}

void on_rd_kafka_topic_name(const struct call *call, const rd_kafka_topic_t *topic)
{
	struct librdkafka_thread *self = &librdkafka_thread;

	(void)call, (void)topic;
	if (UNLIKELY(self->untold != NULL) && nesting_is_callback(self))
		bad_end_handed_on(self, true);
}

static void bad_end_ended(const struct handle *handle)
{
	struct librdkafka_thread *self = &librdkafka_thread;

	if (self->untold == handle)
		bad_end_handed_on(self, false);
}

static void report_served(const rd_kafka_t *rk, struct handle *handle,
			  rd_kafka_resp_err_t error, const void *opaque)
{
	if (guest_phase() != GUEST_RECORDING)
		return;
	struct account_producer *producer = handle_known(rk);

	if (!producer || !handle)
		return;
	/* Outside of all calls of the host: on librdkafka's own thread. */
	reports_served(producer, handle, 1, librdkafka_this_thread()->api_depth == 0);
	if (error && binding_does(binding_of(handle), BINDING_DOES_NAMES))
		bad_end_begins(handle, error, opaque);
	else if (error)
		bad_end_told(producer, binding_tells(binding_of(handle), opaque), error, 1);
}

static void our_report(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	struct handle *handle = handle_find(rk);

	report_served(rk, handle, message->err, message->_private);
	if (!handle || !handle->report)
		return;
	struct nesting outer;

	nesting_callback_begin(&outer);
	UNWOUND_TELLS(unwound_callback);
	handle->report(rk, message, opaque);
	nesting_callback_end(&outer);
	bad_end_ended(handle);
}

static void our_old_report(rd_kafka_t *rk, void *payload, size_t bytes,
			   rd_kafka_resp_err_t error, void *opaque, void *message_opaque)
{
	struct handle *handle = handle_find(rk);

	report_served(rk, handle, error, message_opaque);
	if (!handle || !handle->old_report)
		return;
	struct nesting outer;

	nesting_callback_begin(&outer);
	UNWOUND_TELLS(unwound_callback);
	handle->old_report(rk, payload, bytes, error, opaque, message_opaque);
	nesting_callback_end(&outer);
	bad_end_ended(handle);
}

/* The application has got an event: one report, or several, or an error, or another. */
static void event_served(const struct copy *copy, rd_kafka_event_t *event,
			 struct account_producer *producer, bool background)
{
	if (!producer)
		return;
	rd_kafka_event_type_t type = USE(copy, rd_kafka_event_type)(event);

	if (type == RD_KAFKA_EVENT_ERROR)
		handle_fatal_look(handle_find(producer->owner));
	if (type != RD_KAFKA_EVENT_DR || !copy->use[USE_rd_kafka_event_message_count])
		return;
	size_t count = USE(copy, rd_kafka_event_message_count)(event);
	struct handle *handle = handle_find(producer->owner);
	rd_kafka_resp_err_t error = USE(copy, rd_kafka_event_error)(event);

	reports_served(producer, handle, count, background);
	/* All messages of one event share its error. */
	if (error)
		bad_end_told(producer,
			     handle ? binding_of(handle)->with_opaque
				    : BINDING_TELLS_APPLICATION,
			     error, count);
}

/* A poll with a timeout, on an own thread, has returned nothing. */
static void polled_in_vain(struct account_producer *producer, int timeout_ms)
{
	if (producer && timeout_ms != 0 &&
	    nesting_is_own(librdkafka_this_thread(), producer_index(producer)))
		wait_in_vain(producer);
}

void on_rd_kafka_queue_poll(const struct call *call, rd_kafka_event_t *given,
			    rd_kafka_queue_t *queue, int timeout_ms)
{
	if (guest_phase() != GUEST_RECORDING)
		return;
	struct account_producer *producer = handle_object_producer(queue);

	if (given)
		event_served(call->copy, given, producer, false);
	else if (call->outermost)
		polled_in_vain(producer, timeout_ms);
	if (call->outermost && timeout_ms == 0)
		told_polled(producer);
}

/* ---- calls that serve the host's callbacks, which count the reports ---- */

/* Where a linker has folded rd_kafka_queue_poll_callback() into rd_kafka_poll()
 * (shim/linked/linked.c) `rk` may be a queue. */
static struct account_producer *polled(const struct call *call, const rd_kafka_t *rk)
{
	bool folded = call->copy->real[CALL_rd_kafka_poll] ==
		      call->copy->real[CALL_rd_kafka_queue_poll_callback];

	return folded && !handle_find(rk) ? handle_object_producer(rk) : handle_known(rk);
}

void on_rd_kafka_poll(const struct call *call, int given, rd_kafka_t *rk, int timeout_ms)
{
	if (!call->outermost || !kafka_is_recording())
		return;
	if (timeout_ms == 0)
		told_polled(polled(call, rk));
	else if (given == 0)
		polled_in_vain(polled(call, rk), timeout_ms);
	if (given > 0) /* an error, maybe */
		handle_fatal_look(handle_find(rk));
}

static void queue_served(const struct call *call, rd_kafka_queue_t *queue, int timeout_ms,
			 bool any)
{
	if (!call->outermost || !kafka_is_recording())
		return;
	if (timeout_ms == 0)
		told_polled(handle_object_producer(queue));
	else if (!any)
		polled_in_vain(handle_object_producer(queue), timeout_ms);
}

void on_rd_kafka_queue_poll_callback(const struct call *call, int given,
				     rd_kafka_queue_t *queue, int timeout_ms)
{
	queue_served(call, queue, timeout_ms, given > 0);
}

/* Meant for consumers, but these calls also serve a producer's queue. */
void on_rd_kafka_consume_queue(const struct call *call, rd_kafka_message_t *given,
			       rd_kafka_queue_t *queue, int timeout_ms)
{
	queue_served(call, queue, timeout_ms, given != NULL);
}

void on_rd_kafka_consume_batch_queue(const struct call *call, ssize_t given,
				     rd_kafka_queue_t *queue, int timeout_ms,
				     rd_kafka_message_t **messages, size_t room)
{
	(void)messages, (void)room;
	queue_served(call, queue, timeout_ms, given > 0);
}

/* ---- wake-ups for a host that then makes such a call ---- */

static void queue_wakes(const rd_kafka_queue_t *queue, bool wakes)
{
	struct account_producer *producer =
		kafka_is_recording() ? handle_object_producer(queue) : NULL;

	if (producer)
		__atomic_store_n(&producer->wakes, wakes, __ATOMIC_RELAXED);
}

void on_rd_kafka_queue_io_event_enable(const struct call *call, rd_kafka_queue_t *queue, int fd,
				       const void *payload, size_t bytes)
{
	(void)call, (void)payload, (void)bytes;
	queue_wakes(queue, fd != -1);
}

void on_rd_kafka_queue_cb_event_enable(const struct call *call, rd_kafka_queue_t *queue,
				       void (*wake)(rd_kafka_t *rk, void *opaque), void *opaque)
{
	(void)call, (void)opaque;
	queue_wakes(queue, wake != NULL);
}

/* ---- librdkafka's background thread ---- */

/* librdkafka's background thread serves it, with no call of the host. */
static void our_background(rd_kafka_t *rk, rd_kafka_event_t *event, void *opaque)
{
	struct handle *handle = handle_find(rk);

	if (!handle || !handle->background)
		return;
	if (guest_phase() == GUEST_RECORDING)
		event_served(handle->copy, event, handle_known(rk), true);
	struct nesting outer;

	nesting_callback_begin(&outer);
	UNWOUND_TELLS(unwound_callback);
	handle->background(rk, event, opaque);
	nesting_callback_end(&outer);
}

/* A callback in a configuration reads as the text of its address. */
static void *callback_get(const struct copy *copy, const rd_kafka_conf_t *conf,
			  const char *name)
{
	char text[40];
	size_t bytes = sizeof text;
	uintptr_t address = 0;

	if (USE(copy, rd_kafka_conf_get)(conf, name, text, &bytes) != RD_KAFKA_CONF_OK ||
	    strncmp(text, "0x", 2) != 0)
		return NULL;
	for (const char *at = text + 2; *at; at++) {
		int digit = *at <= '9' ? *at - '0' : (*at | 0x20) - 'a' + 10;

		if (digit < 0 || digit > 15)
			return NULL;
		address = address << 4 | (uintptr_t)digit;
	}
	return (void *)address;
}

/* Replaces the host's callbacks by the guest's. */
void reports_attach(struct handle *handle, rd_kafka_conf_t *conf)
{
	const struct copy *copy = handle->copy;
	void *report = callback_get(copy, conf, "dr_msg_cb");
	void *old_report = callback_get(copy, conf, "dr_cb");
	void *background = copy->use[USE_rd_kafka_conf_set_background_event_cb]
				   ? callback_get(copy, conf, "background_event_cb")
				   : NULL;

	/* A callback stays if this copy lacks the function that would replace it. */
	report = copy->use[USE_rd_kafka_conf_set_dr_msg_cb] ? report : NULL;
	old_report = copy->use[USE_rd_kafka_conf_set_dr_cb] ? old_report : NULL;
	handle->binding = binding_find(copy, conf, report ? report : old_report);
	if (!handle->maker) /* a plugin of librdkafka does not see the caller */
		handle->maker = report ? report : old_report;
	/* The guest's callback is in it already (a duplicate whose making was not seen): it
	 * must not call itself. */
	if (report == (void *)our_report || old_report == (void *)our_old_report ||
	    background == (void *)our_background)
		return;
	memcpy(&handle->report, &report, sizeof report);
	memcpy(&handle->old_report, &old_report, sizeof old_report);
	memcpy(&handle->background, &background, sizeof background);
	if (handle->background)
		USE(copy, rd_kafka_conf_set_background_event_cb)(conf, our_background);
	if (handle->report)
		USE(copy, rd_kafka_conf_set_dr_msg_cb)(conf, our_report);
	if (handle->old_report)
		USE(copy, rd_kafka_conf_set_dr_cb)(conf, our_old_report);
	if (handle->report || handle->old_report)
		handle->flags |= PRODUCER_REPORTS;
}

void reports_detach(struct handle *handle, rd_kafka_conf_t *conf)
{
	if (handle->report)
		USE(handle->copy, rd_kafka_conf_set_dr_msg_cb)(conf, handle->report);
	if (handle->old_report)
		USE(handle->copy, rd_kafka_conf_set_dr_cb)(conf, handle->old_report);
	if (handle->background)
		USE(handle->copy, rd_kafka_conf_set_background_event_cb)
	(conf, handle->background);
}
