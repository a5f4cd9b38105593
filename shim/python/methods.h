/* SPDX-License-Identifier: Apache-2.0 */
/*
 * methods.h - the methods of the clients that the guest's functions replace, a row each.
 *
 * Besides them, aiokafka's coroutine functions: aiokafka_coroutines.h.
 */
#ifndef UNFLUSHED_PYTHON_METHODS_H
#define UNFLUSHED_PYTHON_METHODS_H

#include <stdbool.h>
#include <stdint.h>

#include "cpython/api.h"
#include "cpython/greenlet.h"
#include "guest/guest.h"
#include "guest/state.h"

/*   id              client        where it is found       name             only if it is there
 */
/* Aligned by hand. */
/* clang-format off */
#define PYTHON_METHODS(_)                                                                      \
	_(SEND, KAFKA_PYTHON, "KafkaProducer", "send", false)                                  \
	_(FLUSH, KAFKA_PYTHON, "KafkaProducer", "flush", false)                                \
	_(CLOSE, KAFKA_PYTHON, "KafkaProducer", "close", false)                                \
	_(BEGIN, KAFKA_PYTHON, "KafkaProducer", "begin_transaction", true)                     \
	_(COMMIT, KAFKA_PYTHON, "KafkaProducer", "commit_transaction", true)                   \
	_(ABORT, KAFKA_PYTHON, "KafkaProducer", "abort_transaction", true)                     \
	_(APPEND, KAFKA_PYTHON, "ProducerBatch", "try_append", false)                          \
	_(DONE, KAFKA_PYTHON, "ProducerBatch", "done", false)                                  \
	_(GIVE_UP, KAFKA_PYTHON, "ProducerBatch", "abort", true)                               \
	_(MADE, KAFKA_PYTHON, "RecordAccumulator", "__init__", true)                           \
	_(SPLIT, KAFKA_PYTHON, "RecordAccumulator", "split_and_reenqueue", true)               \
	_(ENCODE, KAFKA_PYTHON, "MemoryRecordsBuilder", "close", true)                         \
	_(REQUEST, KAFKA_PYTHON, "Sender", "_produce_request", true)                           \
	_(WRITE, KAFKA_PYTHON, "BrokerConnection", "send_pending_requests_v2", true)           \
	_(GET, KAFKA_PYTHON, "FutureRecordMetadata", "get", false)                             \
	_(FAIL, KAFKA_PYTHON, "FutureRecordMetadata", "failure", false)                        \
	_(ERRBACK, KAFKA_PYTHON, "FutureRecordMetadata", "add_errback", false)                 \
	_(CALLBACK, KAFKA_PYTHON, "FutureRecordMetadata", "add_callback", true)                \
	_(SUCCEEDED, KAFKA_PYTHON, "FutureRecordMetadata", "succeeded", true)                  \
	_(FAILED, KAFKA_PYTHON, "FutureRecordMetadata", "failed", true)                        \
	_(AIOKAFKA_MADE, AIOKAFKA, "MessageAccumulator", "__init__", true)                     \
	_(AIOKAFKA_OPEN, AIOKAFKA, "MessageAccumulator", "_append_batch", false)               \
	_(AIOKAFKA_BUILD, AIOKAFKA, "BatchBuilder", "append", false)                           \
	_(AIOKAFKA_APPEND, AIOKAFKA, "MessageBatch", "append", false)                          \
	_(AIOKAFKA_ENCODE, AIOKAFKA, "BatchBuilder", "_build", true)                           \
	_(AIOKAFKA_REQUEST, AIOKAFKA, "SendProduceReqHandler", "create_request", true)         \
	_(AIOKAFKA_WRITE, AIOKAFKA, "AIOKafkaConnection", "send", true)                        \
	_(AIOKAFKA_DONE, AIOKAFKA, "MessageBatch", "done", false)                              \
	_(AIOKAFKA_NOACK, AIOKAFKA, "MessageBatch", "done_noack", false)                       \
	_(AIOKAFKA_FAIL, AIOKAFKA, "MessageBatch", "failure", false)                           \
	_(CONFLUENT_HOLD, CONFLUENT, "ProducerBatchManager", "add_message", false)             \
	_(CONFLUENT_PURGE, CONFLUENT, "ProducerBatchManager", "cancel_pending_futures", false) \
	_(CONFLUENT_TELL, CONFLUENT, "ProducerBatchManager", "_assign_future_callbacks", false)
/* clang-format on */

enum python_method {
#define METHOD_ID(id, client, owner, name, optional) METHOD_##id,
	PYTHON_METHODS(METHOD_ID)
#undef METHOD_ID
		PYTHON_METHOD_COUNT,
};

#define METHOD_CALL(id, client, owner, name, optional) method_fn method_call_##id;
PYTHON_METHODS(METHOD_CALL)
#undef METHOD_CALL

/*
 * What the innermost wrapped call on this stack is about. Greenlets share a
 * thread, and switch in the middle of calls: so call method_here() before
 * reading or writing it, and again after each call that may have switched, the
 * call of the original method among them.
 */
struct method_thread {
	struct account_producer *producer; /* of the send that is running */
	uint32_t site;
	bool sending;
	bool appended; /* that send's message is in a batch */
	bool closing;
	bool asking;			   /* inside get(), which asks failed() itself */
	struct account_producer *settling; /* whose batch is telling its futures */
	/* Of large.c: the send that is running, if its message may be large; */
	int64_t began_ns, began_cpu_ns;
	uint64_t large_bytes;		/* that message is in a batch; 0 no */
	uint32_t large;			/* its row of SECTION_LARGE plus 1; 0 none */
	int64_t built_ns, built_cpu_ns; /* spent on building batches meanwhile */
};
extern __thread struct method_thread method_thread __attribute__((tls_model("initial-exec")));

/* Saves method_thread for the greenlet that ran on this thread before, and restores that of the
 * greenlet that runs now. */
void method_stack_turn(void);

/* Makes method_thread that of the greenlet that runs now. With the interpreter's lock. */
static inline void method_here(void)
{
	if (UNLIKELY(python_greenlets()))
		method_stack_turn();
}

/* Greenlets that may be inside wrapped calls at the same time, waiting. What one of more is
 * inside of is forgotten, and then the site of what it sends is not known. */
#define METHOD_STACKS 16384

/* Those, beside the ones that run; of this process alone, and under the interpreter's lock. */
struct method_state {
	uint32_t used;	     /* entries of `stacks` that were ever taken */
	uint32_t given_back; /* the first of those that are free again, plus 1; 0 none */
	uint32_t forgotten;  /* calls of send() that found no room, and have not come back */
	bool several;	     /* greenlets share a thread, and so its time */
	uint32_t first[METHOD_STACKS / 4]; /* by its greenlet; plus 1; 0 none */
	struct method_stack {
		const void *greenlet;	   /* only compared */
		const void *of;		   /* the thread that it runs on: its method_thread */
		uint32_t next;		   /* plus 1; 0 none */
		struct method_thread call; /* the innermost that it is inside of */
	} stacks[METHOD_STACKS];
};
extern struct method_state *method_state; /* never NULL once a class is wrapped */

/* The original methods; references that are never given back. */
extern object *method_originals[PYTHON_METHOD_COUNT];

static inline bool method_is_recording(void)
{
	return guest_phase() == GUEST_RECORDING && !guest_is_borrowed();
}

/* Calls it; what it returns or raises is the host's. */
object *method_original(enum python_method method, object *self, object *const *args,
			ssize_t count, object *names);

/* The value of a parameter, given by place or by name; borrowed, or NULL. */
object *method_argument(object *const *args, ssize_t count, object *names, ssize_t place,
			const char *name);

#endif
