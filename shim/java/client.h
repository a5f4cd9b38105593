/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client.h - the Java client's classes, as one class loader has them.
 */
#ifndef UNFLUSHED_JAVA_CLIENT_H
#define UNFLUSHED_JAVA_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "java/jvm/api.h"

/*   id              class               field          descriptor: L of the client's own */
/* Aligned by hand. */
/* clang-format off */
#define JAVA_CLIENT_FIELDS(_) \
	_(SENDER_ACCUMULATOR, "internals/Sender", "accumulator", \
	  "L*internals/RecordAccumulator;") \
	_(SENDER_ACKS,        "internals/Sender", "acks", "S") \
	_(SENDER_TRANSACTION, "internals/Sender", "transactionManager", \
	  "L*internals/TransactionManager;") \
	_(TRANSACTION_ID,     "internals/TransactionManager", "transactionalId", \
	  "Ljava/lang/String;") \
	_(INCOMPLETE,         "internals/RecordAccumulator", "incomplete", \
	  "L*internals/IncompleteBatches;") \
	_(PRODUCER_ACCUMULATOR, "KafkaProducer", "accumulator", "L*internals/RecordAccumulator;") \
	_(PRODUCER_SENDER,    "KafkaProducer", "sender", "L*internals/Sender;") \
	_(PRODUCER_INTERCEPTORS, "KafkaProducer", "interceptors", \
	  "L*internals/ProducerInterceptors;") \
	_(PRODUCER_CONFIG,    "KafkaProducer", "producerConfig", "L*ProducerConfig;") \
	_(PRODUCER_CLIENT_ID, "KafkaProducer", "clientId", "Ljava/lang/String;") \
	_(CONFIG_VALUES,      "ProducerConfig", "values", "Ljava/util/Map;") \
	_(BATCH_RESULT,       "internals/ProducerBatch", "produceFuture", \
	  "L*internals/ProduceRequestResult;") \
	_(BATCH_RECORDS,      "internals/ProducerBatch", "recordCount", "I") \
	_(BATCH_MADE,         "internals/ProducerBatch", "createdMs", "J") \
	_(BATCH_SPLIT,        "internals/ProducerBatch", "isSplitBatch", "Z") \
	_(BATCH_PLACE,        "internals/ProducerBatch", "topicPartition", \
	  "L^common/TopicPartition;") \
	_(BATCH_THUNKS,       "internals/ProducerBatch", "thunks", "Ljava/util/List;") \
	_(PLACE_TOPIC,        "^common/TopicPartition", "topic", "Ljava/lang/String;") \
	_(PLACE_PARTITION,    "^common/TopicPartition", "partition", "I") \
	_(FUTURE_RESULT,      "internals/FutureRecordMetadata", "result", \
	  "L*internals/ProduceRequestResult;") \
	_(THUNK_CALLBACK,     "internals/ProducerBatch$Thunk", "callback", "L*Callback;") \
	_(THUNK_FUTURE,       "internals/ProducerBatch$Thunk", "future", \
	  "L*internals/FutureRecordMetadata;") \
	_(RECORD_TOPIC,       "ProducerRecord", "topic", "Ljava/lang/String;") \
	_(RECORD_KEY,         "ProducerRecord", "key", "Ljava/lang/Object;") \
	_(RECORD_VALUE,       "ProducerRecord", "value", "Ljava/lang/Object;")
/* clang-format on */

enum java_client_field {
#define FIELD_ID(id, class, name, descriptor) FIELD_##id,
	JAVA_CLIENT_FIELDS(FIELD_ID)
#undef FIELD_ID
		JAVA_CLIENT_FIELD_COUNT,
};

#define JAVA_CLIENT_PREFIX 128
#define JAVA_CLIENTS 8

/* The client's classes as one class loader has them. */
struct java_client {
	java_ref sender;		 /* class, a weak reference: the loader may go */
	java_ref loader;		 /* weak too */
	char prefix[JAVA_CLIENT_PREFIX]; /* "org/apache/kafka/", or where it was moved to */
	java_field fields[JAVA_CLIENT_FIELD_COUNT];
	java_field index; /* of a message in its batch; a long in 2.8, an int since */
	bool index_is_long;
	java_field user_callback; /* of the object that wraps the application's callback */
	java_ref callback_class;  /* that wrapper, weak */
	java_ref target;	  /* our functions' class beside its own, weak */
	bool weaves;		  /* its classes get the guest's calls when transformed */
	uint64_t woven;		  /* bits: rows of JAVA_HOOKS that are woven in */
	char version[32];
};
extern struct java_client java_clients[JAVA_CLIENTS];
extern uint32_t java_clients_used;

/* Looks up the client's classes and fields. False: they are not as the guest expects. */
bool java_client_read(jni_env env, struct java_client *client, java_ref loader);

/* A class of the client by its name behind .../clients/producer/; a local
 * reference, or NULL with nothing pending. */
java_ref java_client_class(jni_env env, const char *prefix, const char *name, java_ref loader);

/* The version that the client says it is; "?" if it does not. */
void java_client_version(jni_env env, struct java_client *client, java_ref loader);

/* The client that the class of the guest's functions, which a woven call names, belongs to. */
const struct java_client *java_client_of(java_ref target);
/* The same when objects have no tags any more (jni_is_over()). */
const struct java_client *java_client_late(jni_env env, java_ref target);

/* Writes the JVM's version and its clients into the trace. */
void java_clients_note(jvmti_env jvmti);

/* Into the notes of this process in the trace: a bit of enum trace_note. */
void java_clients_notes_add(uint32_t bit);

#endif
