/* SPDX-License-Identifier: Apache-2.0 */
/*
 * send.c - the functions that are woven into the Java client: those
 * about producers, and records that never enter a batch.
 */
#include "java/hooks.h"

#include <string.h>

#include <librdkafka/rdkafka.h>

#include "account/counts.h"
#include "account/producers.h"
#include "account/refused.h"
#include "account/told.h"
#include "java/account.h"
#include "java/client.h"
#include "java/error.h"
#include "java/jvm/jni.h"
#include "java/large.h"
#include "java/record.h"
#include "java/site.h"
#include "trace/map.h"
#include "trace/owners.h"
#include "trace/writer.h"

/* On the thread of a producer's sender: the producer's row plus 1. */
static __thread struct {
	uint32_t generation;
	uint32_t producer;
} sender __attribute__((tls_model("initial-exec")));

void java_hook_running(jni_env env, java_ref target, java_ref self)
{
	if (!java_account_is_recording())
		return;
	if (sender.generation != guest_generation + 1) {
		const struct java_client *client = java_client_of(target);
		struct account_producer *producer =
			client ? java_account_sender(env, client, self) : NULL;

		sender.generation = guest_generation + 1;
		sender.producer = producer ? producer_index(producer) + 1 : 0;
	}
	/* Until it calls the application's callbacks, which may write to other connections. */
	owners_thread_is(sender.producer);
}

/* The producer's constructor is still running, and may be the old code: the KafkaProducer is
 * then seen when it sends. */
void java_hook_sender_made(jni_env env, java_ref target, java_ref self)
{
	const struct java_client *client =
		java_account_is_recording() ? java_client_of(target) : NULL;

	struct account_producer *producer =
		client ? java_account_sender_made(env, client, self) : NULL;

	if (producer)
		producer_made_at(producer, java_site_made(env));
}

void java_hook_made(jni_env env, java_ref target, java_ref self)
{
	java_account_self(env, target, self);
}

/* ---- records that are refused ---- */

/*
 * Records that were refused before their producer was known: onSendError of the
 * interceptors does not tell the producer, but the return of send() does, a moment
 * later. Until then, or if send() throws, they are counted as records without a
 * producer. There can be one of an earlier call: of a send() that was under way
 * when the class was woven, and runs the old code to its end.
 */
#define ORPHANS 3

static __thread struct {
	int32_t error;
	trace_string topic;
	uint64_t bytes;
	struct refused_mark mark;
} orphans[ORPHANS] __attribute__((tls_model("initial-exec")));
static __thread uint32_t orphan_count __attribute__((tls_model("initial-exec")));
/* The last one belongs to the send() that this thread is inside. */
static __thread bool orphan_is_own __attribute__((tls_model("initial-exec")));

static void orphan_keep(int32_t error, const char *topic, uint64_t bytes,
			struct refused_mark mark)
{
	count_unseen(1);
	orphan_is_own = orphan_count < ORPHANS;
	if (!orphan_is_own)
		return;
	orphans[orphan_count].error = error;
	orphans[orphan_count].topic = writer_string(topic, strlen(topic));
	orphans[orphan_count].bytes = bytes;
	orphans[orphan_count].mark = mark;
	orphan_count++;
}

static void orphan_place(uint32_t index, struct account_producer *producer)
{
	char topic[256];
	size_t bytes;
	const char *text = writer_string_text(orphans[index].topic, &bytes);

	bytes = bytes < sizeof topic ? bytes : sizeof topic - 1;
	memcpy(topic, text, bytes);
	topic[bytes] = '\0';
	refused_add(producer, topic, 0, orphans[index].bytes, orphans[index].error,
		    orphans[index].mark);
	__atomic_fetch_sub(&trace->process->sends_unseen, 1, __ATOMIC_RELAXED);
}

/* Counts the record of this send() for its producer; and an older one, too, if the client
 * has no other producer. */
static void orphans_place(const struct java_client *client, struct account_producer *producer,
			  bool own)
{
	bool only = orphan_count && java_account_only(client) == producer;

	for (uint32_t i = 0; i < orphan_count; i++)
		if (only || (own && i == orphan_count - 1))
			orphan_place(i, producer);
	orphan_count = 0;
}

__thread bool java_send_accepted;

void java_hook_refused(jni_env env, java_ref target, java_ref interceptors, java_ref record,
		       java_ref exception)
{
	const struct java_client *client =
		java_account_is_recording() ? java_client_of(target) : NULL;
	char topic[256] = "";

	if (!client)
		return;
	struct account_producer *producer = java_account(jni_tag(interceptors));

	/* From 3.3 on a record enters its batch before its partition is added to the
	 * transaction, which may throw. */
	if (java_send_accepted) {
		if (producer)
			told_failures(producer, 1);
		return;
	}
	int32_t error = exception ? java_error(env, exception) : RD_KAFKA_RESP_ERR_UNKNOWN;
	struct refused_mark mark = {0};
	uint64_t bytes = record ? java_record_bytes(env, client, record) : 0;

	if (record) {
		mark = java_record_mark(env, client, record);
		jni_text(env,
			 JNI(env, GetObjectField)(env, record,
						  client->fields[FIELD_RECORD_TOPIC]),
			 topic, sizeof topic);
	}
	if (!producer)
		producer = java_account_only(client);
	if (producer) {
		orphan_is_own = false;
		refused_add(producer, topic, 0, bytes, error, mark);
		return;
	}
	orphan_keep(error, topic, bytes, mark);
}

/*
 * send() has begun: it may wait for the topic's partitions or for room, or run a slow
 * serializer. The record is counted when it enters a batch (batch.c) or is refused.
 */
void java_hook_sending(jni_env env, java_ref target, java_ref self)
{
	if (!java_account_is_recording())
		return;
	if (java_account_is_unmet())
		java_account_self(env, target, self);
	java_send_accepted = false;
	count_offered(1);
	java_large_sending(env);
}

/* So many frames are searched for send(): it waits a few frames deeper, and a serializer may
 * have many frames. */
#define SEND_DEPTH 128

static bool is_old(jni_env env, java_ref class, java_method method, const char *wanted)
{
	java_ref owner = NULL;
	char *name = NULL;
	uint8_t old = false;
	bool is = JVMTI(jni_jvmti, GetMethodName)(jni_jvmti, method, &name, NULL, NULL) == 0 &&
		  strcmp(name, wanted) == 0;

	jni_give(name);
	if (!is || JVMTI(jni_jvmti, IsMethodObsolete)(jni_jvmti, method, &old) != 0 || !old ||
	    JVMTI(jni_jvmti, GetMethodDeclaringClass)(jni_jvmti, method, &owner) != 0)
		return false;
	is = JNI(env, IsSameObject)(env, owner, class);
	JNI(env, DeleteLocalRef)(env, owner);
	return is;
}

static bool stack_has(jni_env env, java_ref class, const struct java_stack *stack,
		      const char *wanted)
{
	for (int32_t at = 0; at < stack->frame_count; at++)
		if (is_old(env, class, stack->frames[at].method, wanted))
			return true;
	return false;
}

void java_sends_under_way(jni_env env, const struct java_client *client, java_ref loader)
{
	java_ref class = java_client_class(env, client->prefix, "KafkaProducer", loader);
	struct java_stack *stacks = NULL;
	int32_t count = 0;

	if (!class || !java_account_is_recording() ||
	    JVMTI(jni_jvmti, GetAllStackTraces)(jni_jvmti, SEND_DEPTH, &stacks, &count) != 0)
		return;
	for (int32_t i = 0; i < count; i++) {
		if (stack_has(env, class, &stacks[i], "doSend"))
			count_offered(1);
		if (stack_has(env, class, &stacks[i], "initTransactions"))
			java_init_under_way();
	}
	jni_give(stacks); /* one allocation holds all */
}

/* send() is about to return its future. */
void java_hook_sent(jni_env env, java_ref target, java_ref future, java_ref self,
		    java_ref record)
{
	if (!java_account_is_recording())
		return;
	java_large_sent();
	if (java_account_is_quiet() && !orphan_count)
		return;
	const struct java_client *client = java_client_of(target);
	struct account_producer *producer =
		client ? java_account_producer(env, client, self) : NULL;

	if (!producer || (!orphan_count && !refused_open(producer)))
		return;
	bool failed = !jni_class_is(env, future, "FutureRecordMetadata");

	orphans_place(client, producer, failed && orphan_is_own);
	if (!failed && record && refused_open(producer))
		java_record_accepted(env, client, producer, record);
}
