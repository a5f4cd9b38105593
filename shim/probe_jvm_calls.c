/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe_jvm_calls.c - the functions that are woven into the Java client: those
 * about producers, and records that never enter a batch.
 */
#include "probe_jvm_calls.h"

#include <string.h>

#include <librdkafka/rdkafka.h>

#include "producers.h"
#include "writer.h"

/* The thread of a producer's sender has opened its account. */
static __thread uint32_t sender_generation __attribute__((tls_model("initial-exec")));

void probe_jvm_call_running(jni_env env, java_ref target, java_ref self)
{
	if (sender_generation == guest_generation + 1 || !probe_jvm_recording())
		return;
	const struct probe_jvm_client *client = probe_jvm_client_of(target);

	sender_generation = guest_generation + 1;
	if (client)
		probe_jvm_account_sender(env, client, self);
}

void probe_jvm_call_made(jni_env env, java_ref target, java_ref self)
{
	probe_jvm_account_self(env, target, self);
}

/* ---- records that are refused ---- */

/*
 * Refused before its producer was known: interceptors do not say whose they
 * are, but send() does, a moment later. Until then, or when send() throws, it
 * is a record that could not be counted.
 */
static __thread struct {
	int32_t error;
	trace_string topic;
	uint64_t fingerprint;
} orphan __attribute__((tls_model("initial-exec")));

static void orphan_place(struct guest_producer *producer)
{
	char topic[256];
	size_t bytes;
	const char *text = writer_string_text(orphan.topic, &bytes);

	bytes = bytes < sizeof topic ? bytes : sizeof topic - 1;
	memcpy(topic, text, bytes);
	topic[bytes] = '\0';
	probe_jvm_rejected(producer, topic, orphan.error, orphan.fingerprint);
	orphan.error = 0;
	__atomic_fetch_sub(&guest->map.process->sends_unseen, 1, __ATOMIC_RELAXED);
}

void probe_jvm_call_refused(jni_env env, java_ref target, java_ref interceptors, java_ref record,
			 java_ref exception)
{
	const struct probe_jvm_client *client = probe_jvm_recording() ? probe_jvm_client_of(target) : NULL;
	char topic[256] = "";

	if (!client)
		return;
	struct guest_producer *producer = probe_jvm_account(probe_jvm_tag(interceptors));
	int32_t error = exception ? probe_jvm_error(env, exception) : RD_KAFKA_RESP_ERR_UNKNOWN;
	uint64_t fingerprint = record ? probe_jvm_fingerprint(env, client, record) : 0;

	if (record)
		probe_jvm_text(env, JNI(env, GetObjectField)(env, record, client->fields[FIELD_RECORD_TOPIC]),
			       topic, sizeof topic);
	if (!producer)
		producer = probe_jvm_account_only(client);
	if (producer) {
		probe_jvm_rejected(producer, topic, error, fingerprint);
		return;
	}
	writer_add_shared(&guest->map.process->sends_unseen, 1);
	orphan.error = error;
	orphan.topic = writer_string(topic, strlen(topic));
	orphan.fingerprint = fingerprint;
}

/* send() is about to give its future back. */
void probe_jvm_call_sent(jni_env env, java_ref target, java_ref future, java_ref self, java_ref record)
{
	if (!probe_jvm_recording() || (probe_jvm_account_is_quiet() && !orphan.error))
		return;
	const struct probe_jvm_client *client = probe_jvm_client_of(target);
	struct guest_producer *producer =
		client ? probe_jvm_account_producer(env, client, self) : NULL;

	if (producer && orphan.error)
		orphan_place(producer);
	else if (producer && record && producer->refused_count &&
	    probe_jvm_class_is(env, future, "FutureRecordMetadata"))
		probe_jvm_retried(producer, probe_jvm_fingerprint(env, client, record));
}

/* ---- */

bool probe_jvm_register(jni_env env, java_ref target)
{
	static slot_fn *const functions[PROBE_JVM_HOOK_COUNT] = {
#define FUNCTION(function, class, method, shape, where, operands) (slot_fn *)probe_jvm_call_##function,
		PROBE_JVM_HOOKS(FUNCTION)
#undef FUNCTION
	};
	char descriptor[128];

	for (size_t i = 0; i < PROBE_JVM_HOOK_COUNT; i++) {
		struct java_native native = {(char *)probe_jvm_hooks[i].call, descriptor, NULL};

		weave_descriptor(&probe_jvm_hooks[i], descriptor);
		memcpy(&native.function, &functions[i], sizeof native.function);
		if (JNI(env, RegisterNatives)(env, target, &native, 1) != 0)
			return false;
	}
	return true;
}
