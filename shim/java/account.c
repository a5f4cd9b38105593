/* SPDX-License-Identifier: Apache-2.0 */
/*
 * account.c - what is counted for which KafkaProducer.
 *
 * The objects of one producer that our calls meet (the KafkaProducer, its
 * sender, its interceptors, its set of incomplete batches) carry the row of its
 * account as their tag. So nothing here holds an object, and a producer that is
 * collected leaves nothing behind but its counts.
 */
#include "java/account.h"

#include <string.h>

#include "account/producers.h"
#include "guest/guest.h"
#include "java/jni.h"
#include "trace/map.h"
#include "trace/writer.h"

/* By account: whether its KafkaProducer has been met. */
static struct {
	uint32_t generation;
	bool known;
	const struct java_client *client;
} accounts[GUEST_PRODUCERS];
static uint32_t accounts_unknown; /* opened, KafkaProducer not met */
static uint32_t refused_open;	  /* records that nobody has offered again */

struct guest_producer *java_account(int64_t tag)
{
	return tag > 0 && tag <= GUEST_PRODUCERS ? &guest->producers[tag - 1] : NULL;
}

bool java_account_is_quiet(void)
{
	return !__atomic_load_n(&accounts_unknown, __ATOMIC_RELAXED) &&
	       !__atomic_load_n(&refused_open, __ATOMIC_RELAXED);
}

struct guest_producer *java_account_only(const struct java_client *client)
{
	struct guest_producer *found = NULL;

	for (uint32_t i = 0; i < GUEST_PRODUCERS; i++) {
		if (accounts[i].generation != guest_generation + 1 || accounts[i].client != client)
			continue;
		if (found)
			return NULL;
		found = &guest->producers[i];
	}
	return found;
}

static java_ref field(jni_env env, const struct java_client *client, java_ref object,
		      enum java_client_field which)
{
	return object ? JNI(env, GetObjectField)(env, object, client->fields[which]) : NULL;
}

/* ---- opening ---- */

/* The thread's name ends with the client.id: "... | producer-1". */
static trace_string client_id(jni_env env)
{
	char name[256];
	java_ref thread = NULL;

	if (JVMTI(jni_jvmti, GetCurrentThread)(jni_jvmti, &thread) != 0 || !thread)
		return 0;
	java_ref class = JNI(env, GetObjectClass)(env, thread);
	java_method get = JNI(env, GetMethodID)(env, class, "getName", "()Ljava/lang/String;");
	java_ref text = get ? JNI(env, CallObjectMethodA)(env, thread, get, NULL) : NULL;

	if (jni_threw(env))
		return 0;
	jni_text(env, text, name, sizeof name);
	const char *bar = strstr(name, " | ");

	return bar ? writer_string(bar + 3, strlen(bar + 3)) : 0;
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

/* Two threads may come at once: a producer's maker, and its sender. */
static uint32_t opening;

static struct guest_producer *account_open(jni_env env, const struct java_client *client,
					   java_ref sender, java_ref incomplete)
{
	static uint32_t serial;
	struct guest_producer *producer = java_account(jni_tag(incomplete));

	if (producer)
		return producer;
	uintptr_t token = (uintptr_t)__atomic_add_fetch(&serial, 1, __ATOMIC_RELAXED) * 2 + 1;

	producer = producer_open_other((void *)token, CLIENT_KAFKA_CLIENTS,
				       sender_flags(env, client, sender));
	uint32_t index = producer_index(producer);

	if (!(producer_row(producer)->flags & PRODUCER_OVERFLOW))
		producer_row(producer)->acks =
			JNI(env, GetShortField)(env, sender, client->fields[FIELD_SENDER_ACKS]);
	java_clients_notes_add(NOTE_PROBE_JVM);
	if (accounts[index].generation != guest_generation + 1) {
		accounts[index].generation = guest_generation + 1;
		accounts[index].known = false;
		accounts[index].client = client;
		__atomic_fetch_add(&accounts_unknown, 1, __ATOMIC_RELAXED);
	}
	jni_tag_set(incomplete, (int64_t)index + 1);
	return producer;
}

static struct guest_producer *account_of(jni_env env, const struct java_client *client,
					 java_ref sender)
{
	java_ref accumulator = field(env, client, sender, FIELD_SENDER_ACCUMULATOR);
	java_ref incomplete = field(env, client, accumulator, FIELD_INCOMPLETE);
	struct guest_producer *producer = java_account(jni_tag(incomplete));

	if (producer || !incomplete)
		return producer;
	while (__atomic_exchange_n(&opening, 1, __ATOMIC_ACQUIRE))
		;
	producer = account_open(env, client, sender, incomplete);
	__atomic_store_n(&opening, 0, __ATOMIC_RELEASE);
	return producer;
}

struct guest_producer *java_account_sender(jni_env env, const struct java_client *client,
					   java_ref sender)
{
	struct guest_producer *producer = account_of(env, client, sender);

	if (producer && !producer_row(producer)->client_id)
		producer_row(producer)->client_id = client_id(env);
	return producer;
}

/* ---- settings ---- */

/* What explains an outcome; nothing here is a secret. */
static const char *const configuration_keys[] = {
	"acks", "linger.ms", "batch.size", "buffer.memory", "max.block.ms", "max.request.size",
	"request.timeout.ms", "delivery.timeout.ms", "retries", "retry.backoff.ms",
	"max.in.flight.requests.per.connection", "enable.idempotence", "transactional.id",
	"transaction.timeout.ms", "compression.type", "send.buffer.bytes", "security.protocol",
};

static size_t line_add(jni_env env, char *lines, size_t room, const char *key, java_ref value)
{
	char text[256];
	java_ref class = JNI(env, GetObjectClass)(env, value);
	java_method print = JNI(env, GetMethodID)(env, class, "toString", "()Ljava/lang/String;");
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
	java_method get = class ? JNI(env, GetMethodID)(env, class, "get",
							"(Ljava/lang/Object;)Ljava/lang/Object;")
				: NULL;

	for (size_t i = 0; get && i < sizeof configuration_keys / sizeof *configuration_keys;
	     i++) {
		if (!jni_push(env, 8))
			break;
		union java_value key = {.l = JNI(env, NewStringUTF)(env, configuration_keys[i])};
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
			  struct guest_producer *producer)
{
	uint32_t index = producer_index(producer);
	struct trace_producer *row = producer_row(producer);
	char id[256];

	jni_tag_set(field(env, client, self, FIELD_PRODUCER_INTERCEPTORS), (int64_t)index + 1);
	jni_tag_set(self, (int64_t)index + 1);
	if (row->flags & PRODUCER_OVERFLOW)
		return;
	size_t bytes = jni_text(env, field(env, client, self, FIELD_PRODUCER_CLIENT_ID), id,
				sizeof id);

	if (!row->client_id && bytes)
		row->client_id = writer_string(id, bytes);
	row->configuration = configuration_write(
		env, field(env, client, field(env, client, self, FIELD_PRODUCER_CONFIG),
			   FIELD_CONFIG_VALUES));
}

struct guest_producer *java_account_producer(jni_env env, const struct java_client *client,
					     java_ref self)
{
	struct guest_producer *producer = java_account(jni_tag(self));

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

/* ---- counts ---- */

static void count(struct trace_counts *counts, bool private, enum trace_count kind,
		  uint64_t messages, uint64_t bytes)
{
	if (private) {
		writer_add(&counts->bytes[kind], bytes);
		writer_add(&counts->messages[kind], messages);
	} else {
		writer_add_shared(&counts->bytes[kind], bytes);
		writer_add_shared(&counts->messages[kind], messages);
	}
}

void java_account_count(uint32_t row, uint32_t site, enum trace_count kind, uint64_t messages,
			uint64_t bytes)
{
	struct trace_cell *cell = writer_cell(row, site);

	count(cell ? &cell->counts : &trace->topics[row].counts, cell != NULL, kind, messages,
	      bytes);
}

#define REFUSED (sizeof((struct guest_producer *)0)->refused / sizeof(uint64_t))

static bool refused_swap(struct guest_producer *producer, uint64_t from, uint64_t to)
{
	for (size_t i = 0; i < REFUSED; i++) {
		uint64_t held = from;

		if (__atomic_compare_exchange_n(&producer->refused[i], &held, to, false,
						__ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			return true;
	}
	return false;
}

void java_account_rejected(struct guest_producer *producer, const char *topic, int32_t error,
			   uint64_t fingerprint)
{
	uint32_t row = writer_topic(producer_index(producer), topic, -1, producer->topic);

	count(&trace->topics[row].counts, false, COUNT_REJECTED, 1, 0);
	producer_error(producer, error, COUNT_REJECTED);
	writer_event(EVENT_REJECTED, producer_index(producer), error, 0);
	if (refused_swap(producer, fingerprint, fingerprint)) { /* refused twice is one record */
		writer_add_shared(&producer_row(producer)->rejected_retried, 1);
	} else if (refused_swap(producer, 0, fingerprint)) {
		__atomic_fetch_add(&producer->refused_count, 1, __ATOMIC_RELAXED);
		__atomic_fetch_add(&refused_open, 1, __ATOMIC_RELAXED);
	}
}

void java_account_retried(struct guest_producer *producer, uint64_t fingerprint)
{
	if (!refused_swap(producer, fingerprint, 0))
		return;
	__atomic_fetch_sub(&producer->refused_count, 1, __ATOMIC_RELAXED);
	__atomic_fetch_sub(&refused_open, 1, __ATOMIC_RELAXED);
	writer_add_shared(&producer_row(producer)->rejected_retried, 1);
}
