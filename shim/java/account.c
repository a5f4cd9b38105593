/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account.c - the accounts of KafkaProducer objects.
 *
 * The objects of a producer that the woven calls get (the KafkaProducer, its
 * transaction manager, its interceptors, its set of incomplete batches) have the row of its
 * account as their tag. So the guest keeps no reference, and a producer that is garbage
 * collected leaves only its counts.
 */
#include "java/account.h"

#include <string.h>

#include "account/counts.h"
#include "account/producers.h"
#include "account/refused.h"
#include "guest/guest.h"
#include "java/jvm/jni.h"
#include "trace/map.h"
#include "trace/writer.h"

/* By account: whether its KafkaProducer and its Sender have been seen. */
static struct {
	uint32_t generation;
	bool known, sender_known;
	const struct java_client *client;
} accounts[GUEST_PRODUCERS];
static uint32_t accounts_unknown; /* opened, KafkaProducer not seen */

struct account_producer *java_account(int64_t tag)
{
	return tag > 0 && tag <= GUEST_PRODUCERS ? producer_at((uint32_t)tag - 1) : NULL;
}

bool java_account_is_unmet(void)
{
	return __atomic_load_n(&accounts_unknown, __ATOMIC_RELAXED);
}

bool java_account_is_quiet(void)
{
	return !java_account_is_unmet() && !refused_open_any();
}

struct account_producer *java_account_only(const struct java_client *client)
{
	struct account_producer *found = NULL;

	for (uint32_t i = 0; i < GUEST_PRODUCERS; i++) {
		if (accounts[i].generation != guest_generation + 1 ||
		    accounts[i].client != client)
			continue;
		if (found)
			return NULL;
		found = producer_at(i);
	}
	return found;
}

void java_account_requested_late(const struct java_client *client, uint64_t records)
{
	for (uint32_t i = 0; i < GUEST_PRODUCERS; i++)
		if (accounts[i].generation == guest_generation + 1 &&
		    accounts[i].client == client)
			count_requested(producer_at(i), records);
}

static java_ref field(jni_env env, const struct java_client *client, java_ref object,
		      enum java_client_field which)
{
	return object ? JNI(env, GetObjectField)(env, object, client->fields[which]) : NULL;
}

/* ---- opening ---- */

/* Stores the part of a text behind `mark` in the trace; all of it if `mark` is "". */
static trace_string text_keep(jni_env env, java_ref text, const char *mark)
{
	int32_t bytes = text ? JNI(env, GetStringUTFLength)(env, text) : 0;
	uint8_t *room = NULL;

	if (bytes <= 0 || JVMTI(jni_jvmti, Allocate)(jni_jvmti, bytes + 1, &room) != 0)
		return 0;
	jni_text(env, text, (char *)room, (size_t)bytes + 1);
	const char *found = strstr((char *)room, mark);
	trace_string kept = 0;

	if (found)
		kept = writer_string(found + strlen(mark), strlen(found) - strlen(mark));
	jni_give(room);
	return kept;
}

/* The thread's name ends with the client.id: "... | producer-1". */
static trace_string client_id(jni_env env)
{
	java_ref thread = NULL;

	if (JVMTI(jni_jvmti, GetCurrentThread)(jni_jvmti, &thread) != 0 || !thread)
		return 0;
	java_ref class = JNI(env, GetObjectClass)(env, thread);
	java_method get = JNI(env, GetMethodID)(env, class, "getName", "()Ljava/lang/String;");
	java_ref text = get ? JNI(env, CallObjectMethodA)(env, thread, get, NULL) : NULL;

	return jni_threw(env) ? 0 : text_keep(env, text, " | ");
}

static uint32_t sender_flags(jni_env env, const struct java_client *client, java_ref sender)
{
	java_ref manager = field(env, client, sender, FIELD_SENDER_TRANSACTION);

	if (!manager)
		return 0;
	return field(env, client, manager, FIELD_TRANSACTION_ID)
		       ? PRODUCER_TRANSACTIONAL | PRODUCER_IDEMPOTENT
		       : PRODUCER_IDEMPOTENT;
}

/* Several threads may open an account at once: the one that makes the producer, its sender's,
 * and ones that send. */
static uint32_t opening;

static void opening_begin(void)
{
	while (__atomic_exchange_n(&opening, 1, __ATOMIC_ACQUIRE))
		;
}

static void opening_end(void)
{
	__atomic_store_n(&opening, 0, __ATOMIC_RELEASE);
}

static struct account_producer *account_open(const struct java_client *client,
					     java_ref incomplete)
{
	static uint32_t serial;
	struct account_producer *producer = java_account(jni_tag(incomplete));

	if (producer)
		return producer;
	uintptr_t token = (uintptr_t)__atomic_add_fetch(&serial, 1, __ATOMIC_RELAXED) * 2 + 1;

	producer = producer_open(&(struct producer_facts){.owner = (void *)token,
							  .client = CLIENT_KAFKA_CLIENTS,
							  .flags = PRODUCER_REQUESTS,
							  .acks = TRACE_UNKNOWN});
	uint32_t index = producer_index(producer);

	java_clients_notes_add(NOTE_PROBE_JVM);
	if (accounts[index].generation != guest_generation + 1) {
		accounts[index].generation = guest_generation + 1;
		accounts[index].known = accounts[index].sender_known = false;
		accounts[index].client = client;
		__atomic_fetch_add(&accounts_unknown, 1, __ATOMIC_RELAXED);
	}
	jni_tag_set(incomplete, (int64_t)index + 1);
	return producer;
}

/* Facts about a producer that only its Sender has. */
static void sender_meet(jni_env env, const struct java_client *client, java_ref sender,
			struct account_producer *producer)
{
	uint32_t index = producer_index(producer);

	if (!producer_is_shared(producer)) {
		producer_flags_set(producer, sender_flags(env, client, sender));
		producer_row(producer)->acks =
			JNI(env, GetShortField)(env, sender, client->fields[FIELD_SENDER_ACKS]);
	}
	jni_tag_set(field(env, client, sender, FIELD_SENDER_TRANSACTION), (int64_t)index + 1);
	__atomic_store_n(&accounts[index].sender_known, true, __ATOMIC_RELEASE);
}

static bool sender_is_known(const struct account_producer *producer)
{
	return __atomic_load_n(&accounts[producer_index(producer)].sender_known,
			       __ATOMIC_ACQUIRE) &&
	       !producer_is_shared(producer);
}

static struct account_producer *account_of(jni_env env, const struct java_client *client,
					   java_ref sender)
{
	java_ref accumulator = field(env, client, sender, FIELD_SENDER_ACCUMULATOR);
	java_ref incomplete = field(env, client, accumulator, FIELD_INCOMPLETE);
	struct account_producer *producer = java_account(jni_tag(incomplete));

	if (!incomplete || (producer && sender_is_known(producer)))
		return producer;
	opening_begin();
	producer = account_open(client, incomplete);
	sender_meet(env, client, sender, producer);
	opening_end();
	return producer;
}

struct account_producer *java_account_batches(const struct java_client *client,
					      java_ref incomplete)
{
	struct account_producer *producer = java_account(jni_tag(incomplete));

	if (producer || !incomplete)
		return producer;
	opening_begin();
	producer = account_open(client, incomplete);
	opening_end();
	return producer;
}

struct account_producer *java_account_sender_made(jni_env env, const struct java_client *client,
						  java_ref sender)
{
	return account_of(env, client, sender);
}

struct account_producer *java_account_sender(jni_env env, const struct java_client *client,
					     java_ref sender)
{
	struct account_producer *producer = account_of(env, client, sender);

	if (producer && !producer_row(producer)->client_id)
		producer_row(producer)->client_id = client_id(env);
	return producer;
}

/* ---- settings ---- */

/* Settings that explain an outcome; none of them is a secret. */
static const char *const configuration_keys[] = {
	"bootstrap.servers",
	"acks",
	"linger.ms",
	"batch.size",
	"buffer.memory",
	"max.block.ms",
	"max.request.size",
	"request.timeout.ms",
	"delivery.timeout.ms",
	"retries",
	"retry.backoff.ms",
	"max.in.flight.requests.per.connection",
	"enable.idempotence",
	"transactional.id",
	"transaction.timeout.ms",
	"compression.type",
	"send.buffer.bytes",
	"security.protocol",
};

static size_t line_add(jni_env env, char *lines, size_t room, const char *key, java_ref value)
{
	char text[256];
	java_ref class = JNI(env, GetObjectClass)(env, value);
	java_method print =
		JNI(env, GetMethodID)(env, class, "toString", "()Ljava/lang/String;");
	java_ref printed = print ? JNI(env, CallObjectMethodA)(env, value, print, NULL) : NULL;
	size_t key_bytes = strlen(key);

	if (jni_threw(env))
		return 0;
	size_t bytes = jni_text(env, printed, text, sizeof text);

	if (!bytes || key_bytes + bytes + 2 > room)
		return 0;
	memcpy(lines, key, key_bytes);
	lines[key_bytes] = '=';
	memcpy(lines + key_bytes + 1, text, bytes);
	lines[key_bytes + 1 + bytes] = '\n';
	return key_bytes + bytes + 2;
}

static trace_string configuration_write(jni_env env, java_ref values)
{
	char lines[2048];
	size_t at = 0;
	java_ref class = values ? JNI(env, GetObjectClass)(env, values) : NULL;
	java_method get =
		class ? JNI(env, GetMethodID)(env, class, "get",
					      "(Ljava/lang/Object;)Ljava/lang/Object;")
		      : NULL;

	for (size_t i = 0; get && i < sizeof configuration_keys / sizeof *configuration_keys;
	     i++) {
		if (!jni_push(env, 8))
			break;
		union java_value key = {
			.l = JNI(env, NewStringUTF)(env, configuration_keys[i])};
		java_ref value =
			key.l ? JNI(env, CallObjectMethodA)(env, values, get, &key) : NULL;

		if (!jni_threw(env) && value)
			at += line_add(env, lines + at, sizeof lines - at,
				       configuration_keys[i], value);
		JNI(env, PopLocalFrame)(env, NULL);
	}
	jni_threw(env);
	return writer_string(lines, at);
}

static void producer_meet(jni_env env, const struct java_client *client, java_ref self,
			  struct account_producer *producer)
{
	uint32_t index = producer_index(producer);
	struct trace_producer *row = producer_row(producer);

	jni_tag_set(field(env, client, self, FIELD_PRODUCER_INTERCEPTORS), (int64_t)index + 1);
	jni_tag_set(self, (int64_t)index + 1);
	if (producer_is_shared(producer))
		return;
	if (!row->client_id)
		row->client_id =
			text_keep(env, field(env, client, self, FIELD_PRODUCER_CLIENT_ID), "");
	row->configuration = configuration_write(
		env, field(env, client, field(env, client, self, FIELD_PRODUCER_CONFIG),
			   FIELD_CONFIG_VALUES));
}

struct account_producer *java_account_producer(jni_env env, const struct java_client *client,
					       java_ref self)
{
	struct account_producer *producer = java_account(jni_tag(self));

	if (producer)
		return producer;
	java_ref sender = field(env, client, self, FIELD_PRODUCER_SENDER);

	producer = sender ? account_of(env, client, sender) : NULL;
	if (!producer || !jni_push(env, 16))
		return producer;
	uint32_t index = producer_index(producer);

	producer_meet(env, client, self, producer);
	JNI(env, PopLocalFrame)(env, NULL);
	if (!__atomic_exchange_n(&accounts[index].known, true, __ATOMIC_ACQ_REL))
		__atomic_fetch_sub(&accounts_unknown, 1, __ATOMIC_RELAXED);
	return producer;
}
