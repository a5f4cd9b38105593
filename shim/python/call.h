/* SPDX-License-Identifier: Apache-2.0 */
/*
 * call.h - shared by the methods that stand in for
 * kafka-python's own, and by nobody else.
 */
#ifndef UNFLUSHED_PROBE_PYTHON_CALLS_H
#define UNFLUSHED_PROBE_PYTHON_CALLS_H

#include "guest/guest.h"
#include "python/probe.h"

/* What the innermost wrapped call on this thread is about. */
struct probe_thread {
	struct guest_producer *producer; /* of the send that is running */
	uint32_t site;
	bool sending;
	bool appended; /* that send's message is in a batch */
	bool closing;
	bool asking; /* inside get(), which asks failed() itself */
	struct guest_producer *settling; /* whose batch is telling its futures */
};
extern __thread struct probe_thread probe_thread __attribute__((tls_model("initial-exec")));

/* Interned, for look-ups on the path of a message. */
extern object *probe_batch_attribute; /* ours, on a batch */
extern object *probe_place_attribute;

/* Where the bytes of a batch's account are; NULL: it has none of ours. */
struct probe_batch *probe_batch_find(object *batch);
struct probe_batch *probe_batch_open(object *batch, struct probe_batch account);

/* What the innermost send to a producer was offered: topic, value, key. */
uint64_t probe_fingerprint(object *const *args, ssize_t count, object *names);

/* By producer: what ends now is thrown away by abort_transaction(). */
extern bool probe_aborting[GUEST_PRODUCERS];

#define METHOD_CALL(id, client, owner, name, optional) method_fn probe_call_##id;
PROBE_METHODS(METHOD_CALL)
#undef METHOD_CALL

static inline bool probe_recording(void)
{
	return guest_phase() == GUEST_RECORDING && !guest_is_borrowed();
}

static inline bool probe_is_given(const object *value)
{
	return value && value != py.none;
}

object *probe_original(enum probe_method method, object *self, object *const *args,
		       ssize_t count, object *names);

/* The value of a parameter, given by place or by name; borrowed, or NULL. */
object *probe_argument(object *const *args, ssize_t count, object *names, ssize_t place,
		       const char *name);

const char *probe_text(object *text); /* "" if it is none */
uint64_t probe_size(object *bytes);   /* 0 for None */

/* Whether somebody waits for a future of asyncio's, and for that again. */
bool probe_future_is_waited_for(object *future);

/* An exception that the original raised, put aside while ours looks at things. */
struct probe_error {
	object *type, *value, *trace;
};
struct probe_error probe_aside(void);
void probe_aside_end(struct probe_error aside);
int32_t probe_aside_code(struct probe_error aside);

/* What an exception, or a class of exceptions, is in librdkafka's numbers. */
int32_t probe_error_code(object *error);
bool probe_class_is(object *error, const char *name);

#endif
