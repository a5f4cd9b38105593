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
#include "python/value.h"
#include "site/callsite.h"
#include "trace/record.h"

#define FINGERPRINT_BYTES 256

/* To see whether a refused message is offered again: bytes by their ends,
 * other objects by where they are. */
uint64_t probe_fingerprint(object *const *args, ssize_t count, object *names)
{
	static const char *const parts[] = {"topic", "value", "key"};
	uint64_t hash = 0xcbf29ce484222325u;

	for (ssize_t part = 0; part < 3; part++) {
		object *value = probe_argument(args, count, names, part, parts[part]);
		const char *bytes = (const char *)&value;
		ssize_t size = sizeof value;
		char *found;
		ssize_t found_size;

		if (probe_is_given(value) && py.PyBytes_AsStringAndSize(value, &found, &found_size) == 0) {
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
	struct probe_error aside = probe_aside();
	object *error = python_get(future, "exception");
	uint64_t bytes = 0;
	char *found;

	for (ssize_t part = 1; part < 3; part++) {
		object *value = probe_argument(args, count, names, part, part == 1 ? "value" : "key");
		ssize_t size;

		if (probe_is_given(value) && py.PyBytes_AsStringAndSize(value, &found, &size) == 0)
			bytes += (uint64_t)size;
		else if (py.PyErr_Occurred())
			py.PyErr_Clear();
	}
	probe_rejected(producer, probe_text(probe_argument(args, count, names, 0, "topic")), bytes,
		       error ? probe_error_code(error) : probe_aside_code(aside),
		       probe_fingerprint(args, count, names));
	python_drop(error);
	probe_aside_end(aside);
}

object *probe_call_SEND(object *self, object *const *args, ssize_t count, object *names)
{
	__typeof__(probe_thread) outer = probe_thread;
	struct guest_producer *producer = !guest_is_borrowed() && record_ready()
						  ? probe_account(self)
						  : NULL; /* in a forked child, this makes the trace */

	probe_thread.producer = producer;
	probe_thread.site = producer ? callsite_find(__builtin_return_address(0),
					       __builtin_dwarf_cfa())
			       : 0;
	probe_thread.sending = true;
	probe_thread.appended = false;
	probe_thread.settling = NULL;
	object *future = probe_original(PROBE_SEND, self, args, count, names);
	bool appended = probe_thread.appended;

	probe_thread = outer;
	if (!producer || !probe_recording())
		return future;
	if (appended && future)
		probe_returned(future);
	if (!appended)
		send_refused(producer, future, args, count, names);
	else if (producer->refused_count)
		probe_retried(producer, probe_fingerprint(args, count, names));
	return future;
}
