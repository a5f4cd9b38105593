/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe.h - counts the messages of the producers that are Python from
 * end to end, kafka-python's and aiokafka's, and those that confluent-kafka's
 * AIOProducer holds before librdkafka has them.
 *
 * What they hold in their memory is on no socket. So the probe puts functions
 * of ours in the place of a few methods of their classes. They call the original
 * with the same arguments and give back its result or exception untouched; the
 * counts land in the trace as they happen.
 *
 *	connect() of the socket module -- probe_connect_seen() -- wraps, once
 *	send() -- append to a batch -- batch done -- flush(), close(), get()
 *	          SENT                 DELIVERED ...  waited
 *
 * A version whose classes have another shape is left alone, and the trace
 * says so. UNFLUSHED_PROBE_PYTHON=off leaves all of them alone.
 * To add a client: a row in PROBE_CLIENTS, its methods, the functions for them.
 */
#ifndef UNFLUSHED_PROBE_PYTHON_H
#define UNFLUSHED_PROBE_PYTHON_H

#include <stdbool.h>
#include <stdint.h>

#include "cpython/api.h"
#include "guest/state.h"

/* A connection is about to be made by code that returns to `caller`. */
void probe_connect_seen(const void *caller);

/* rd_kafka_new is about to be called: what is to be known of this producer, bits of
 * enum trace_producer_flag (confluent.c). */
uint32_t probe_producer_made(void);

/* ---- clients: probe.c ---- */

/*   id             name             its package        a class of it that is wrapped   looked for at connect() */
#define PROBE_CLIENTS(_) \
	_(KAFKA_PYTHON,  "kafka-python",    "kafka",           "KafkaProducer",          true) \
	_(AIOKAFKA,      "aiokafka",        "aiokafka",        "AIOKafkaProducer",       true) \
	_(CONFLUENT_AIO, "AIOProducer",     "confluent_kafka", "ProducerBatchManager",   false)

enum probe_client {
#define CLIENT_ID(id, name, package, class, connects) PROBE_##id,
	PROBE_CLIENTS(CLIENT_ID)
#undef CLIENT_ID
	PROBE_CLIENT_COUNT,
};

/* With the interpreter's lock: wraps a client's classes if nobody did; whether they
 * are wrapped. */
bool probe_client_enter(enum probe_client client);

/* Into the trace of this process: which clients there are. Again in a child of
 * fork, which inherits them wrapped. */
void probe_clients_note(void);

/* ---- the wrapped methods: install.c ---- */

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

/* The method that ours stands in for; a reference that is never given back. */
extern object *probe_originals[PROBE_METHOD_COUNT];
extern struct method_definition probe_definitions[PROBE_METHOD_COUNT];

/* Wraps all of a client's methods, or none: half of the counts would be wrong
 * counts. False: its classes have another shape. */
bool probe_install(enum probe_client client);

/* A new reference to a class, by the module that uses it. */
object *probe_class(const char *name);

/* Before the first wrapped call; false when Python has no memory left. */
bool probe_calls_prepare(void);

/* aiokafka's coroutine functions: aio_calls.c. */
bool probe_aio_wrap(void);
void probe_aio_unwrap(void);

/* ---- what is counted for whom: account.c ---- */

/* Kept with each batch, as the bytes of a bytearray. */
struct probe_batch {
	uint32_t generation; /* a forked child's copy of its parent's batch is not its own */
	uint32_t producer;   /* index */
	uint32_t entry;	     /* row of SECTION_TOPIC: where its messages enter */
	uint32_t row;	     /* the same: its partition, where they leave */
	uint32_t site;	     /* of all its messages; 0: of several */
	uint32_t messages;
	uint64_t bytes;
};

/* The account of a KafkaProducer, opened at need; NULL: it is not whole yet
 * (its constructor failed). */
struct guest_producer *probe_account(object *producer);
/* The one that a producer object of any client has; NULL: it has none. */
struct guest_producer *probe_account_known(object *producer);
struct guest_producer *probe_account_open(object *producer, enum trace_client client,
					  uint32_t flags);

void probe_sent(struct guest_producer *producer, uint32_t entry, uint32_t site, uint64_t bytes);
void probe_settled(const struct probe_batch *batch, enum trace_count kind, int32_t error);
void probe_rejected(struct guest_producer *producer, const char *topic, uint64_t bytes,
		    int32_t error, uint64_t fingerprint);
/* A message was taken: if it is one that was rejected before, it was retried. */
void probe_retried(struct guest_producer *producer, uint64_t fingerprint);

/* The row of a partition; -1: the topic's, where messages enter. */
uint32_t probe_partition(const struct guest_producer *producer, const char *topic, int32_t number);

/* Whose result the application asks for covers what went before it in the same
 * partition: remembers the last message there, by its site, the address of its future,
 * and how many references its client holds to it. */
void probe_appended(uint32_t row, uint32_t site, const void *future, ssize_t references);
/* Its send() has given it to the application. */
void probe_returned(const void *future);
/* The application may learn of this future's end in a way that nobody sees. */
void probe_watched(const void *future);
/* A batch of so many is about to tell its futures. */
void probe_partition_settled(uint32_t row, uint32_t messages);
/* The producer that alone has this partition; NULL when there are several. */
struct guest_producer *probe_partition_owner(const char *topic, int32_t number);
/* The application has the result of this future. */
void probe_got(const void *future);
/* Somebody waits for the result of a batch that has just been settled here. */
void probe_batch_got(uint32_t row);
/* The application has waited for all of these, by a flush. */
void probe_covered(struct guest_producer *producer, uint64_t produced, enum trace_waited_by by);

#endif
