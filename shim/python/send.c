/* SPDX-License-Identifier: Apache-2.0 */
/*
 * send.c - KafkaProducer.send: who produces, and what is refused.
 *
 * What is accepted is counted where it enters a batch (batch.c).
 */
#include "python/send.h"

#include "python/account.h"
#include "python/error.h"
#include "python/methods.h"
#include "python/partition.h"
#include "site/callsite.h"
#include "trace/record.h"

#define FINGERPRINT_BYTES 256

/* To see whether a refused message is offered again: bytes by their ends,
 * other objects by where they are. */
uint64_t python_send_fingerprint(object *const *args, ssize_t count, object *names)
{
	static const char *const parts[] = {"topic", "value", "key"};
	uint64_t hash = 0xcbf29ce484222325u;

	for (ssize_t part = 0; part < 3; part++) {
		object *value = method_argument(args, count, names, part, parts[part]);
		const char *bytes = (const char *)&value;
		ssize_t size = sizeof value;
		char *found;
		ssize_t found_size;

		if (python_is_given(value) &&
		    py.PyBytes_AsStringAndSize(value, &found, &found_size) == 0) {
			bytes = found;
			size = found_size;
		} else if (py.PyErr_Occurred()) {
			py.PyErr_Clear();
		}
		for (ssize_t i = 0; i < size; i++)
			if (i < FINGERPRINT_BYTES || i >= size - FINGERPRINT_BYTES)
				hash = (hash ^ (uint8_t)bytes[i]) * 0x100000001b3u;
		hash = (hash ^ (uint64_t)size) * 0x100000001b3u;
	}
	return hash | 1;
}

/* send() gives a message back in two ways: by an exception, or by a future
 * that has failed before anything was put into a batch. */
static void send_refused(struct guest_producer *producer, object *future, object *const *args,
			 ssize_t count, object *names)
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
	python_account_rejected(
		producer, python_text(method_argument(args, count, names, 0, "topic")), bytes,
		error ? python_error_code(error) : python_error_aside_code(aside),
		python_send_fingerprint(args, count, names));
	python_drop(error);
	python_error_aside_end(aside);
}

object *method_call_SEND(object *self, object *const *args, ssize_t count, object *names)
{
	__typeof__(method_thread) outer = method_thread;
	struct guest_producer *producer =
		!guest_is_borrowed() && record_ready()
			? python_account(self)
			: NULL; /* in a forked child, this makes the trace */

	method_thread.producer = producer;
	method_thread.site =
		producer ? callsite_find(__builtin_return_address(0), __builtin_dwarf_cfa())
			 : 0;
	method_thread.sending = true;
	method_thread.appended = false;
	method_thread.settling = NULL;
	object *future = method_original(METHOD_SEND, self, args, count, names);
	bool appended = method_thread.appended;

	method_thread = outer;
	if (!producer || !method_is_recording())
		return future;
	if (appended && future)
		python_partition_returned(future);
	if (!appended)
		send_refused(producer, future, args, count, names);
	else if (producer->refused_count)
		python_account_retried(producer, python_send_fingerprint(args, count, names));
	return future;
}
