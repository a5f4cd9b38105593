/* SPDX-License-Identifier: Apache-2.0 */
/*
 * error.c - what a Java exception is in librdkafka's numbers, and how
 * a record that was refused is known again.
 */
#include "java/error.h"

#include <string.h>

#include <librdkafka/rdkafka.h>

#include "java/jni.h"

/* The last part of an object's class: behind the package, or the outer class. */
static size_t class_name(jni_env env, java_ref object, char *name, size_t room)
{
	java_ref class = object ? JNI(env, GetObjectClass)(env, object) : NULL;
	char *signature = NULL;
	size_t bytes = 0;

	name[0] = '\0';
	if (!class || JVMTI(probe_jvmti, GetClassSignature)(probe_jvmti, class, &signature, NULL) != 0)
		return 0;
	const char *slash = strrchr(signature, '/');
	const char *begin = slash ? slash + 1 : signature;

	bytes = strlen(begin);
	if (bytes && bytes < room) {
		memcpy(name, begin, bytes);
		name[--bytes] = '\0'; /* the semicolon */
	}
	JVMTI(probe_jvmti, Deallocate)(probe_jvmti, (uint8_t *)signature);
	return bytes;
}

bool probe_jvm_class_is(jni_env env, java_ref object, const char *name)
{
	char found[128];

	class_name(env, object, found, sizeof found);
	return strcmp(found, name) == 0;
}

static const struct {
	const char *class;
	int32_t code;
} errors[] = {
	{"TimeoutException", RD_KAFKA_RESP_ERR__TIMED_OUT},
	{"BufferExhaustedException", RD_KAFKA_RESP_ERR__QUEUE_FULL},
	{"RecordTooLargeException", RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE},
	{"RecordBatchTooLargeException", RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE},
	{"SerializationException", RD_KAFKA_RESP_ERR__INVALID_ARG},
	{"IllegalArgumentException", RD_KAFKA_RESP_ERR__INVALID_ARG},
	{"IllegalStateException", RD_KAFKA_RESP_ERR__STATE},
	{"InterruptException", RD_KAFKA_RESP_ERR__INTR},
	{"InvalidTopicException", RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION},
	{"UnknownTopicOrPartitionException", RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART},
	{"NotLeaderOrFollowerException", RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION},
	{"LeaderNotAvailableException", RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE},
	{"NetworkException", RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION},
	{"DisconnectException", RD_KAFKA_RESP_ERR__TRANSPORT},
	{"NotEnoughReplicasException", RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS},
	{"NotEnoughReplicasAfterAppendException", RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND},
	{"InvalidRequiredAcksException", RD_KAFKA_RESP_ERR_INVALID_REQUIRED_ACKS},
	{"TopicAuthorizationException", RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED},
	{"ClusterAuthorizationException", RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED},
	{"TransactionalIdAuthorizationException", RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED},
	{"SaslAuthenticationException", RD_KAFKA_RESP_ERR__AUTHENTICATION},
	{"SslAuthenticationException", RD_KAFKA_RESP_ERR__SSL},
	{"CorruptRecordException", RD_KAFKA_RESP_ERR_INVALID_MSG},
	{"InvalidTimestampException", RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP},
	{"InvalidRecordException", RD_KAFKA_RESP_ERR_INVALID_RECORD},
	{"UnsupportedForMessageFormatException", RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT},
	{"PolicyViolationException", RD_KAFKA_RESP_ERR_POLICY_VIOLATION},
	{"KafkaStorageException", RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR},
	{"OutOfOrderSequenceException", RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER},
	{"InvalidProducerEpochException", RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH},
	{"ProducerFencedException", RD_KAFKA_RESP_ERR__FENCED},
	{"InvalidTxnStateException", RD_KAFKA_RESP_ERR_INVALID_TXN_STATE},
	{"TransactionAbortedException", RD_KAFKA_RESP_ERR__PURGE_QUEUE},
};

int32_t probe_jvm_error(jni_env env, java_ref exception)
{
	char name[128];

	class_name(env, exception, name, sizeof name);
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
		if (strcmp(errors[i].class, name) == 0)
			return errors[i].code;
	return RD_KAFKA_RESP_ERR_UNKNOWN;
}

/* ---- records ---- */

#define FINGERPRINT_BYTES 256

static uint64_t mix(uint64_t hash, const void *bytes, size_t count)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; i < count; i++)
		hash = (hash ^ at[i]) * 0x100000001b3u; /* FNV-1a */
	return hash;
}

static uint64_t mix_array(jni_env env, uint64_t hash, java_ref array)
{
	int8_t part[FINGERPRINT_BYTES];
	int32_t size = JNI(env, GetArrayLength)(env, array);
	int32_t head = size < FINGERPRINT_BYTES ? size : FINGERPRINT_BYTES;

	JNI(env, GetByteArrayRegion)(env, array, 0, head, part);
	hash = mix(hash, part, (size_t)head);
	JNI(env, GetByteArrayRegion)(env, array, size - head, head, part);
	hash = mix(hash, part, (size_t)head);
	return mix(hash, &size, sizeof size);
}

/* Texts and bytes by what they say, other objects by which they are: their own
 * hashCode() is the application's, and not ours to call. */
static uint64_t mix_object(jni_env env, uint64_t hash, java_ref object)
{
	char name[128];
	int32_t number = 0;

	if (!object)
		return mix(hash, "", 1);
	class_name(env, object, name, sizeof name);
	java_ref class = JNI(env, GetObjectClass)(env, object);

	if (strcmp(name, "[") == 0)
		return mix_array(env, hash, object);
	java_method code = strcmp(name, "String") == 0
				   ? JNI(env, GetMethodID)(env, class, "hashCode", "()I")
				   : NULL;

	if (code)
		number = JNI(env, CallIntMethodA)(env, object, code, NULL);
	else
		JVMTI(probe_jvmti, GetObjectHashCode)(probe_jvmti, object, &number);
	probe_jvm_threw(env);
	return mix(hash, &number, sizeof number);
}

uint64_t probe_jvm_fingerprint(jni_env env, const struct probe_jvm_client *client, java_ref record)
{
	static const enum probe_jvm_field parts[] = {FIELD_RECORD_TOPIC, FIELD_RECORD_KEY,
						     FIELD_RECORD_VALUE};
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < 3; i++)
		hash = mix_object(env, hash, JNI(env, GetObjectField)(env, record, client->fields[parts[i]]));
	return hash | 1;
}
