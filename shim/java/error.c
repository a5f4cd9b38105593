/* SPDX-License-Identifier: Apache-2.0 */
/*
 * error.c - see error.h.
 */
#include "java/error.h"

#include <string.h>

#include <librdkafka/rdkafka.h>

#include "java/jvm/jni.h"

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
	{"InterruptedException", RD_KAFKA_RESP_ERR__INTR}, /* by an interrupted send() */
	{"InvalidTopicException", RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION},
	{"UnknownTopicOrPartitionException", RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART},
	{"NotLeaderOrFollowerException", RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION},
	{"LeaderNotAvailableException", RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE},
	{"NetworkException", RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION},
	{"DisconnectException", RD_KAFKA_RESP_ERR__TRANSPORT},
	{"NotEnoughReplicasException", RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS},
	{"NotEnoughReplicasAfterAppendException",
	 RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND},
	{"InvalidRequiredAcksException", RD_KAFKA_RESP_ERR_INVALID_REQUIRED_ACKS},
	{"TopicAuthorizationException", RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED},
	{"ClusterAuthorizationException", RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED},
	{"TransactionalIdAuthorizationException",
	 RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED},
	{"SaslAuthenticationException", RD_KAFKA_RESP_ERR__AUTHENTICATION},
	{"SslAuthenticationException", RD_KAFKA_RESP_ERR__SSL},
	{"CorruptRecordException", RD_KAFKA_RESP_ERR_INVALID_MSG},
	{"InvalidTimestampException", RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP},
	{"InvalidRecordException", RD_KAFKA_RESP_ERR_INVALID_RECORD},
	{"UnsupportedForMessageFormatException",
	 RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT},
	{"PolicyViolationException", RD_KAFKA_RESP_ERR_POLICY_VIOLATION},
	{"KafkaStorageException", RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR},
	{"OutOfOrderSequenceException", RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER},
	{"InvalidProducerEpochException", RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH},
	{"ProducerFencedException", RD_KAFKA_RESP_ERR__FENCED},
	{"InvalidTxnStateException", RD_KAFKA_RESP_ERR_INVALID_TXN_STATE},
	{"InvalidPidMappingException", RD_KAFKA_RESP_ERR_INVALID_PRODUCER_ID_MAPPING},
	{"UnknownProducerIdException", RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID},
	{"InvalidTxnTimeoutException", RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT},
	{"ConcurrentTransactionsException", RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS},
	{"GroupAuthorizationException", RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED},
	{"CommitFailedException", RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID},
	{"IllegalGenerationException", RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION},
	{"FencedInstanceIdException", RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID},
	{"UnsupportedVersionException", RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE},
	{"TransactionAbortedException", RD_KAFKA_RESP_ERR__PURGE_QUEUE},
};

static int32_t own_error(jni_env env, java_ref exception)
{
	char name[128];

	jni_class_name(env, exception, name, sizeof name);
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
		if (strcmp(errors[i].class, name) == 0)
			return errors[i].code;
	return RD_KAFKA_RESP_ERR_UNKNOWN;
}

static java_ref cause_of(jni_env env, java_ref exception)
{
	java_ref class = JNI(env, GetObjectClass)(env, exception);
	java_method get =
		JNI(env, GetMethodID)(env, class, "getCause", "()Ljava/lang/Throwable;");
	java_ref cause = get ? JNI(env, CallObjectMethodA)(env, exception, get, NULL) : NULL;

	return jni_threw(env) ? NULL : cause;
}

/* The client wraps an earlier exception in a KafkaException, as its cause. */
#define CAUSES 4

int32_t java_error(jni_env env, java_ref exception)
{
	int32_t error = own_error(env, exception);

	for (int i = 0; i < CAUSES && error == RD_KAFKA_RESP_ERR_UNKNOWN; i++) {
		exception = cause_of(env, exception);
		if (!exception)
			break;
		error = own_error(env, exception);
	}
	return error;
}
