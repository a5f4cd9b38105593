/* SPDX-License-Identifier: Apache-2.0 */
/*
 * send.c - KafkaProducer.send: the line that produces, and refused messages.
 *
 * Accepted messages are counted when they enter a batch (batch.c).
 */
#include "python/send.h"

#include "account/counts.h"
#include "account/refused.h"
#include "python/account.h"
#include "python/error.h"
#include "python/batch.h"
#include "python/methods.h"
#include "python/partition.h"
#include "site/callsite.h"
#include "trace/record.h"

static void part_read(object *value, const void **part, uint64_t *number)
{
	char *bytes = NULL;
	ssize_t size = 0;

	*part = NULL;
	*number = 0;
	if (!python_is_given(value))
		return;
	if (py.PyBytes_AsStringAndSize(value, &bytes, &size) == 0) {
		*part = bytes;
	} else {
		py.PyErr_Clear();
		*part = py.PyUnicode_AsUTF8AndSize(value, &size);
		if (py.PyErr_Occurred())
			py.PyErr_Clear();
	}
	*number = *part ? (uint64_t)size : (uintptr_t)value;
}

/* Identifies a message, to recognise a refused one that is offered again: bytes and texts by
 * their content, other objects by their address. The objects own the bytes. */
struct refused_message python_send_message(object *const *args, ssize_t count, object *names)
{
	struct refused_message message;

	message.topic = python_text(method_argument(args, count, names, 0, "topic"));
	part_read(method_argument(args, count, names, 1, "value"), &message.value,
		  &message.value_size);
	part_read(method_argument(args, count, names, 2, "key"), &message.key,
		  &message.key_size);
	return message;
}

void python_send_accepted(struct account_producer *producer, object *const *args, ssize_t count,
			  object *names)
{
	struct refused_message message = python_send_message(args, count, names);

	if (refused_resembles(producer, message.key_size, message.value_size) &&
	    refused_resembles_closer(&message))
		refused_accepted(producer, &message);
}

/* send() refuses a message in two ways: by an exception, or by a future that has
 * failed before the message was put into a batch. */
static void send_refused(struct account_producer *producer, uint32_t site, object *future,
			 object *const *args, ssize_t count, object *names)
{
	struct python_error aside = python_error_aside();
	object *error = python_get(future, "exception");
	uint64_t bytes = 0;
	char *found;

	for (ssize_t part = 1; part < 3; part++) {
		object *value =
			method_argument(args, count, names, part, part == 1 ? "value" : "key");
		ssize_t size;

		if (python_is_given(value) &&
		    py.PyBytes_AsStringAndSize(value, &found, &size) == 0)
			bytes += (uint64_t)size;
		else if (py.PyErr_Occurred())
			py.PyErr_Clear();
	}
	struct refused_message message = python_send_message(args, count, names);

	refused_add(producer, message.topic, site, bytes,
		    error ? python_error_code(error) : python_error_aside_code(aside),
		    refused_mark(&message));
	python_drop(error);
	python_error_aside_end(aside);
}

/* For a call whose entry was dropped: whether the returned future belongs to a batch. The
 * future of a message that failed before has no result object of a batch. */
static bool is_in_batch(object *future)
{
	if (!future) /* its exception is pending */
		return false;
	object *result = python_get(future, "_produce_future");
	bool is = python_is_true(result, "is_done") || !python_is_true(future, "is_done");

	python_drop(result);
	return is;
}

static bool was_forgotten(void)
{
	if (method_thread.sending)
		return false;
	method_state->forgotten -= method_state->forgotten > 0;
	return true;
}

object *method_call_SEND(object *self, object *const *args, ssize_t count, object *names)
{
	struct account_producer *producer =
		!guest_is_borrowed() && record_ready()
			? python_account(self)
			: NULL; /* makes the trace in a forked child */
	uint32_t generation = guest_generation;
	uint32_t site = 0;

	if (producer)
		site = callsite_find(__builtin_return_address(0), __builtin_dwarf_cfa());
	method_here();
	struct method_thread outer = method_thread;

	method_thread.producer = producer;
	method_thread.site = site;
	method_thread.sending = true;
	method_thread.appended = false;
	method_thread.settling = NULL;
	method_thread.large_bytes = 0;
	if (producer) {
		python_large_begins(method_argument(args, count, names, 1, "value"));
		count_offered(1);
	}
	object *future = method_original(METHOD_SEND, self, args, count, names);

	method_here();
	bool appended = method_thread.appended;

	/* A child that was forked inside send() returns from its parent's call. */
	bool ours = producer && method_is_recording() && generation == guest_generation;

	if (ours) {
		python_large_returned(producer);
		if (UNLIKELY(was_forgotten()))
			appended = appended || is_in_batch(future);
	}
	method_thread = outer;
	if (!ours)
		return future;
	if (appended && future)
		python_partition_returned(future);
	if (!appended)
		send_refused(producer, site, future, args, count, names);
	else if (refused_open(producer))
		python_send_accepted(producer, args, count, names);
	return future;
}
