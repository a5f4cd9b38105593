/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe.h - counts the records of the Java client's producers.
 *
 * kafka-clients is Java from end to end: what its accumulator holds is on no
 * socket. So the probe weaves calls of its own functions into a few methods of
 * the client's classes (JVMTI, RetransformClasses). The counts land in the
 * trace as they happen; the methods do what they did.
 *
 *	connect() on a sender's thread ── probe_jvm_connect_seen() ── weaves, once
 *	runOnce ── new FutureRecordMetadata ── IncompleteBatches.add
 *	account    one record into a batch     its batch is the producer's: SENT
 *	       ── completeFutureAndFireCallbacks ── flush, close, valueOrError
 *	          DELIVERED, FAILED, ...           waited
 *
 * A producer's sender connects before any record can be accepted: the client
 * must learn a topic's partitions first. A client of another shape, a JVM that
 * does not let us or that archives its classes is left alone, and the trace says
 * so; UNFLUSHED_PROBE_JVM=off leaves all of them alone.
 */
#ifndef UNFLUSHED_PROBE_JVM_H
#define UNFLUSHED_PROBE_JVM_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/state.h"
#include "java/api.h"
#include "java/weave/weave.h"

/* A connection is about to be made by code that returns to `caller`. */
void probe_jvm_connect_seen(const void *caller);

/* ---- what is woven in: send.c ---- */

struct probe_jvm_client;

/*
 * One row per method of the client; `operands` as java/weave/weave.h has it, which are
 * also the parameters of the function. Several rows of one name are the shapes
 * that a method has had: 2.8, then 3.0 and newer.
 */
#define PROBE_JVM_HOOKS(_) \
	/*  function     class                            method      shape          where   operands */ \
	_(running,      "internals/Sender",               "runOnce",  "()V",         ENTRY,   "a0") \
	_(accepted,     "internals/FutureRecordMetadata", "<init>",   "(LIJIIL)V",   ENTRY,   "a1i5i6") \
	_(accepted,     "internals/FutureRecordMetadata", "<init>",   "(LJJLIIL)V",  ENTRY,   "a1i7i8") \
	_(added,        "internals/IncompleteBatches",    "add",      "(L)V",        ENTRY,   "a0a1") \
	_(ending,       "internals/ProducerBatch",        "done",     "(JJLL)Z",     ENTRY,   "a5") \
	_(ending,       "internals/ProducerBatch",        "done",     "(JJL)Z",      ENTRY,   "a5") \
	_(aborting,     "internals/ProducerBatch",        "abort",    "(L)V",        ENTRY,   "a1") \
	_(ended,        "internals/ProducerBatch", "completeFutureAndFireCallbacks", "(JJL)V", ENTRY, "a0") \
	_(given_up,     "internals/RecordAccumulator", "abortIncompleteBatches", "()V", ENTRY, "a0") \
	_(asked,        "internals/FutureRecordMetadata", "valueOrError", "()L",     ENTRY,   "a0") \
	_(refused,      "internals/ProducerInterceptors", "onSendError", "(LLL)V",   ENTRY,   "a0a1a3") \
	_(made,         "KafkaProducer",                  "<init>",   "*",           RETURNS, "a0") \
	_(sent,         "KafkaProducer",                  "doSend",   "(LL)L",       RETURNS, "da0a1") \
	_(flush_began,  "KafkaProducer",                  "flush",    "()V",         ENTRY,   "a0") \
	_(flush_ended,  "KafkaProducer",                  "flush",    "()V",         RETURNS, "a0") \
	_(close_began,  "KafkaProducer",                  "close",    "(L)V",        ENTRY,   "a0a1") \
	_(close_ended,  "KafkaProducer",                  "close",    "(L)V",        RETURNS, "a0") \
	_(begun,        "KafkaProducer",   "beginTransaction",        "()V",         RETURNS, "a0") \
	_(commit_began, "KafkaProducer",   "commitTransaction",       "()V",         ENTRY,   "a0") \
	_(commit_ended, "KafkaProducer",   "commitTransaction",       "()V",         RETURNS, "a0") \
	_(abort_began,  "KafkaProducer",   "abortTransaction",        "()V",         ENTRY,   "a0") \
	_(abort_ended,  "KafkaProducer",   "abortTransaction",        "()V",         RETURNS, "a0")

enum { PROBE_JVM_HOOK_COUNT = 0
#define HOOK_ONE(...) +1
       PROBE_JVM_HOOKS(HOOK_ONE)
#undef HOOK_ONE
};
extern const struct weave_hook probe_jvm_hooks[PROBE_JVM_HOOK_COUNT];

/* Weaves the client's classes, all of them or none: java/weave/weave.c. */
bool probe_jvm_weave(jni_env env, struct probe_jvm_client *client, java_ref loader);
java_class_file_fn probe_jvm_class_file_seen;

/* Gives the class of our functions its functions. */
bool probe_jvm_register(jni_env env, java_ref target);

/* ---- the client in one class loader: client.c ---- */

/*   id              class                              field             descriptor: L of the client's own */
#define PROBE_JVM_FIELDS(_) \
	_(SENDER_ACCUMULATOR, "internals/Sender", "accumulator", "L*internals/RecordAccumulator;") \
	_(SENDER_ACKS,        "internals/Sender", "acks", "S") \
	_(SENDER_TRANSACTION, "internals/Sender", "transactionManager", "L*internals/TransactionManager;") \
	_(TRANSACTION_ID,     "internals/TransactionManager", "transactionalId", "Ljava/lang/String;") \
	_(INCOMPLETE,         "internals/RecordAccumulator", "incomplete", "L*internals/IncompleteBatches;") \
	_(PRODUCER_ACCUMULATOR, "KafkaProducer", "accumulator", "L*internals/RecordAccumulator;") \
	_(PRODUCER_SENDER,    "KafkaProducer", "sender", "L*internals/Sender;") \
	_(PRODUCER_INTERCEPTORS, "KafkaProducer", "interceptors", "L*internals/ProducerInterceptors;") \
	_(PRODUCER_CONFIG,    "KafkaProducer", "producerConfig", "L*ProducerConfig;") \
	_(PRODUCER_CLIENT_ID, "KafkaProducer", "clientId", "Ljava/lang/String;") \
	_(CONFIG_VALUES,      "ProducerConfig", "values", "Ljava/util/Map;") \
	_(BATCH_RESULT,       "internals/ProducerBatch", "produceFuture", "L*internals/ProduceRequestResult;") \
	_(BATCH_RECORDS,      "internals/ProducerBatch", "recordCount", "I") \
	_(BATCH_SPLIT,        "internals/ProducerBatch", "isSplitBatch", "Z") \
	_(BATCH_PLACE,        "internals/ProducerBatch", "topicPartition", "L^common/TopicPartition;") \
	_(BATCH_THUNKS,       "internals/ProducerBatch", "thunks", "Ljava/util/List;") \
	_(PLACE_TOPIC,        "^common/TopicPartition", "topic", "Ljava/lang/String;") \
	_(PLACE_PARTITION,    "^common/TopicPartition", "partition", "I") \
	_(FUTURE_RESULT,      "internals/FutureRecordMetadata", "result", "L*internals/ProduceRequestResult;") \
	_(THUNK_CALLBACK,     "internals/ProducerBatch$Thunk", "callback", "L*Callback;") \
	_(THUNK_FUTURE,       "internals/ProducerBatch$Thunk", "future", "L*internals/FutureRecordMetadata;") \
	_(RECORD_TOPIC,       "ProducerRecord", "topic", "Ljava/lang/String;") \
	_(RECORD_KEY,         "ProducerRecord", "key", "Ljava/lang/Object;") \
	_(RECORD_VALUE,       "ProducerRecord", "value", "Ljava/lang/Object;")

enum probe_jvm_field {
#define FIELD_ID(id, class, name, descriptor) FIELD_##id,
	PROBE_JVM_FIELDS(FIELD_ID)
#undef FIELD_ID
	PROBE_JVM_FIELD_COUNT,
};

#define PROBE_JVM_PREFIX 128
#define PROBE_JVM_CLIENTS 8

/* The client's classes as one class loader has them. */
struct probe_jvm_client {
	java_ref sender; /* class, a weak reference: the loader may go */
	java_ref loader; /* weak too */
	char prefix[PROBE_JVM_PREFIX]; /* "org/apache/kafka/", or where it was moved to */
	java_field fields[PROBE_JVM_FIELD_COUNT];
	java_field index; /* of a message in its batch; a long in 2.8, an int since */
	bool index_is_long;
	java_field user_callback; /* of what wraps the application's callback */
	java_ref callback_class;  /* that wrapper, weak */
	bool weaves;		  /* its classes get our calls when they are transformed */
	uint64_t woven;		  /* rows that are in */
	char version[32];
};
extern struct probe_jvm_client probe_jvm_clients[PROBE_JVM_CLIENTS];
extern uint32_t probe_jvm_clients_used;

/* Fills in what a client's classes look like; false: not as we know them. */
bool probe_jvm_client_read(jni_env env, struct probe_jvm_client *client, java_ref loader);
/* A class of the client by its name behind .../clients/producer/; a local
 * reference, or NULL with nothing pending. */
java_ref probe_jvm_class(jni_env env, const char *prefix, const char *name, java_ref loader);
/* Writes the JVM's version and its clients into the trace. */
void probe_jvm_clients_note(jvmti_env jvmti);
/* The version that the client says it is; "?" if it does not. */
void probe_jvm_client_version(jni_env env, struct probe_jvm_client *client, java_ref loader);
/* The client that an object of ours (the class that is called) belongs to. */
const struct probe_jvm_client *probe_jvm_client_of(java_ref target);

/* It writes an archive of its classes, where none of ours may be: archive.c. */
bool probe_jvm_archives(jni_env env);

/* ---- JVM manners: probe.c ---- */

extern jvmti_env probe_jvmti; /* NULL: not in */
void probe_jvm_note(uint32_t bit);
int64_t probe_jvm_tag(java_ref object); /* 0: none */
void probe_jvm_tag_set(java_ref object, int64_t tag);
/* A frame for so many local references, to be ended by PopLocalFrame; false:
 * the JVM has no memory left, and nothing is pending. */
bool probe_jvm_push(jni_env env, int32_t references);
/* Gives back what the JVM has allocated; NULL is nothing. */
void probe_jvm_give(void *memory);
/* Clears what a call of ours into Java has thrown; true if it had. */
bool probe_jvm_threw(jni_env env);
/* The text of a java.lang.String; "" for null. The length without NUL. */
size_t probe_jvm_text(jni_env env, java_ref string, char *to, size_t room);

/* ---- the line that sends: site.c ---- */

/*
 * Row of SECTION_SITE plus 1; 0 none. From accepted() only, which will return
 * to `caller` and whose frame begins at `frame` (its CFA).
 */
uint32_t probe_jvm_site(jni_env env, const void *caller, const void *frame);

/* ---- a stack seen before: stack.c ---- */

/* The site that this very stack had before; false: not known. */
bool probe_jvm_stack_known(const void *caller, const void *frame, uint32_t *site);
void probe_jvm_stack_learn(const void *caller, const void *frame, uint32_t site);

/* ---- accounts: account.c ---- */

/* Objects of a producer carry its account's row plus 1 as their tag. */
struct guest_producer *probe_jvm_account(int64_t tag);
/* Opens the account at need; NULL: the object is not whole. */
struct guest_producer *probe_jvm_account_sender(jni_env env, const struct probe_jvm_client *client,
						java_ref sender);
struct guest_producer *probe_jvm_account_producer(jni_env env,
						  const struct probe_jvm_client *client,
						  java_ref producer);
/* The only one of this client; NULL: it has several. */
struct guest_producer *probe_jvm_account_only(const struct probe_jvm_client *client);
/* Every account is known by its KafkaProducer, and no record was refused. */
bool probe_jvm_account_is_quiet(void);

void probe_jvm_count(uint32_t row, uint32_t site, enum trace_count kind, uint64_t messages,
		     uint64_t bytes);
void probe_jvm_rejected(struct guest_producer *producer, const char *topic, int32_t error,
			uint64_t fingerprint);
void probe_jvm_retried(struct guest_producer *producer, uint64_t fingerprint);

/* ---- exceptions and refused records: error.c ---- */

/* What an exception is in librdkafka's numbers. */
int32_t probe_jvm_error(jni_env env, java_ref exception);
bool probe_jvm_class_is(jni_env env, java_ref object, const char *name); /* without package */
/* To know a record again that is offered once more. */
uint64_t probe_jvm_fingerprint(jni_env env, const struct probe_jvm_client *client, java_ref record);

#endif
