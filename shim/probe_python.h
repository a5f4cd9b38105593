/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe_python.h - counts the messages of kafka-python's producers.
 *
 * kafka-python is Python from end to end: what it holds in its memory is on
 * no socket. So the probe puts functions of ours in the place of a few
 * methods of its classes. They call the original with the same arguments and
 * give back its result or exception untouched; the counts land in the trace
 * as they happen.
 *
 *	connect() of the socket module ── probe_connect_seen() ── wraps, once
 *	send() ── append to a batch ── batch done ── flush(), close(), get()
 *	          SENT                 DELIVERED ...  waited
 *
 * A version whose classes have another shape is left alone, and the trace
 * says so. UNFLUSHED_PROBE_PYTHON=off leaves all of them alone.
 */
#ifndef UNFLUSHED_PROBE_PYTHON_H
#define UNFLUSHED_PROBE_PYTHON_H

#include <stdbool.h>
#include <stdint.h>

#include "guest_state.h"
#include "probe_python_api.h"

/* A connection is about to be made by code that returns to `caller`. */
void probe_connect_seen(const void *caller);

/* ---- the wrapped methods: probe_python_calls.c ---- */

/*   id        where it is found            name    only if it is there */
#define PROBE_METHODS(_) \
	_(SEND,      "KafkaProducer",         "send",                 false) \
	_(FLUSH,     "KafkaProducer",         "flush",                false) \
	_(CLOSE,     "KafkaProducer",         "close",                false) \
	_(BEGIN,     "KafkaProducer",         "begin_transaction",    true) \
	_(COMMIT,    "KafkaProducer",         "commit_transaction",   true) \
	_(ABORT,     "KafkaProducer",         "abort_transaction",    true) \
	_(APPEND,    "ProducerBatch",         "try_append",           false) \
	_(DONE,      "ProducerBatch",         "done",                 false) \
	_(GIVE_UP,   "ProducerBatch",         "abort",                true) \
	_(SPLIT,     "RecordAccumulator",     "split_and_reenqueue",  true) \
	_(GET,       "FutureRecordMetadata",  "get",                  false) \
	_(FAIL,      "FutureRecordMetadata",  "failure",              false) \
	_(ERRBACK,   "FutureRecordMetadata",  "add_errback",          false)

enum probe_method {
#define METHOD_ID(id, owner, name, optional) PROBE_##id,
	PROBE_METHODS(METHOD_ID)
#undef METHOD_ID
	PROBE_METHOD_COUNT,
};

/* The method that ours stands in for; a reference that is never given back. */
extern object *probe_originals[PROBE_METHOD_COUNT];
extern struct method_definition probe_definitions[PROBE_METHOD_COUNT];

/* Before the first wrapped call; false when Python has no memory left. */
bool probe_calls_prepare(void);

/* ---- what is counted for whom: probe_python_account.c ---- */

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

void probe_sent(struct guest_producer *producer, uint32_t entry, uint32_t site, uint64_t bytes);
void probe_settled(const struct probe_batch *batch, enum trace_count kind, int32_t error);
void probe_rejected(struct guest_producer *producer, const char *topic, uint64_t bytes,
		    int32_t error, uint64_t fingerprint);
/* A message was taken: if it is one that was rejected before, it was retried. */
void probe_retried(struct guest_producer *producer, uint64_t fingerprint);

/* The row of a partition; -1: the topic's, where messages enter. */
uint32_t probe_partition(const struct guest_producer *producer, const char *topic, int32_t number);

/* Whose result the application asks for covers what went before it in the same
 * partition: remembers the last message there, by the address of its future. */
void probe_appended(uint32_t row, const void *future);
/* The producer that alone has this partition; NULL when there are several. */
struct guest_producer *probe_partition_owner(const char *topic, int32_t number);
/* The application has the result of this future. */
void probe_got(const void *future);
/* The application has waited for all of these, by a flush. */
void probe_covered(struct guest_producer *producer, uint64_t produced, enum trace_waited_by by);

#endif
