/* SPDX-License-Identifier: Apache-2.0 */
/*
 * methods.h - the methods of the clients that ours stand in for, a row each.
 *
 * Besides them, aiokafka's coroutine functions: aiokafka_coroutines.h.
 */
#ifndef UNFLUSHED_PYTHON_METHODS_H
#define UNFLUSHED_PYTHON_METHODS_H

#include <stdbool.h>
#include <stdint.h>

#include "cpython/api.h"
#include "guest/guest.h"
#include "guest/state.h"

/*   id          client        where it is found        name                  only if it is there */
#define PROBE_METHODS(_) \
	_(SEND,      KAFKA_PYTHON, "KafkaProducer",         "send",                 false) \
	_(FLUSH,     KAFKA_PYTHON, "KafkaProducer",         "flush",                false) \
	_(CLOSE,     KAFKA_PYTHON, "KafkaProducer",         "close",                false) \
	_(BEGIN,     KAFKA_PYTHON, "KafkaProducer",         "begin_transaction",    true) \
	_(COMMIT,    KAFKA_PYTHON, "KafkaProducer",         "commit_transaction",   true) \
	_(ABORT,     KAFKA_PYTHON, "KafkaProducer",         "abort_transaction",    true) \
	_(APPEND,    KAFKA_PYTHON, "ProducerBatch",         "try_append",           false) \
	_(DONE,      KAFKA_PYTHON, "ProducerBatch",         "done",                 false) \
	_(GIVE_UP,   KAFKA_PYTHON, "ProducerBatch",         "abort",                true) \
	_(SPLIT,     KAFKA_PYTHON, "RecordAccumulator",     "split_and_reenqueue",  true) \
	_(GET,       KAFKA_PYTHON, "FutureRecordMetadata",  "get",                  false) \
	_(FAIL,      KAFKA_PYTHON, "FutureRecordMetadata",  "failure",              false) \
	_(ERRBACK,   KAFKA_PYTHON, "FutureRecordMetadata",  "add_errback",          false) \
	_(CALLBACK,  KAFKA_PYTHON, "FutureRecordMetadata",  "add_callback",         true) \
	_(SUCCEEDED, KAFKA_PYTHON, "FutureRecordMetadata",  "succeeded",            true) \
	_(FAILED,    KAFKA_PYTHON, "FutureRecordMetadata",  "failed",               true) \
	_(AIO_OPEN,  AIOKAFKA,     "MessageAccumulator",    "_append_batch",        false) \
	_(AIO_BUILD, AIOKAFKA,     "BatchBuilder",          "append",               false) \
	_(AIO_APPEND, AIOKAFKA,    "MessageBatch",          "append",               false) \
	_(AIO_DONE,  AIOKAFKA,     "MessageBatch",          "done",                 false) \
	_(AIO_NOACK, AIOKAFKA,     "MessageBatch",          "done_noack",           false) \
	_(AIO_FAIL,  AIOKAFKA,     "MessageBatch",          "failure",              false) \
	_(AIO_HOLD,  CONFLUENT_AIO, "ProducerBatchManager", "add_message",          false) \
	_(AIO_CANCEL, CONFLUENT_AIO, "ProducerBatchManager", "cancel_pending_futures", false) \
	_(AIO_ASSIGN, CONFLUENT_AIO, "ProducerBatchManager", "_assign_future_callbacks", false)

enum probe_method {
#define METHOD_ID(id, client, owner, name, optional) PROBE_##id,
	PROBE_METHODS(METHOD_ID)
#undef METHOD_ID
	PROBE_METHOD_COUNT,
};

#define METHOD_CALL(id, client, owner, name, optional) method_fn probe_call_##id;
PROBE_METHODS(METHOD_CALL)
#undef METHOD_CALL

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

/* Calls it; what it returns or raises is the host's. */
object *probe_original(enum probe_method method, object *self, object *const *args,
		       ssize_t count, object *names);

/* The value of a parameter, given by place or by name; borrowed, or NULL. */
object *probe_argument(object *const *args, ssize_t count, object *names, ssize_t place,
		       const char *name);

#endif
