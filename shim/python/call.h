/* SPDX-License-Identifier: Apache-2.0 */
/*
 * call.h - what the methods that stand in for a client's own have in common.
 */
#ifndef UNFLUSHED_PYTHON_CALL_H
#define UNFLUSHED_PYTHON_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "cpython/api.h"
#include "guest/guest.h"
#include "guest/state.h"
#include "python/methods.h"

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

/* The method that ours stands in for; a reference that is never given back. */
extern object *probe_originals[PROBE_METHOD_COUNT];

static inline bool probe_recording(void)
{
	return guest_phase() == GUEST_RECORDING && !guest_is_borrowed();
}

static inline bool probe_is_given(const object *value)
{
	return value && value != py.none;
}

/* Calls it; what it returns or raises is the host's. */
object *probe_original(enum probe_method method, object *self, object *const *args,
		       ssize_t count, object *names);

/* The value of a parameter, given by place or by name; borrowed, or NULL. */
object *probe_argument(object *const *args, ssize_t count, object *names, ssize_t place,
		       const char *name);

const char *probe_text(object *text); /* "" if it is none */
uint64_t probe_size(object *bytes);   /* 0 for None */

#endif
