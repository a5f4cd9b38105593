/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe_jvm_calls.c - the functions that are woven into the Java client.
 *
 * Each is a native method, called in the middle of the client's own. It leaves
 * no exception pending and keeps no reference; what it has to know of an object
 * later on it ties to the object itself, as a JVMTI tag: threads are no place
 * for it, for a virtual thread may go on in another one.
 *
 * A record is counted under the lock of its partition that the sender needs to
 * take it away: before it can be sent. Its outcome is counted before anybody is
 * told, so that who was told finds it counted.
 */
#include "probe_jvm.h"

#include <string.h>

#include <librdkafka/rdkafka.h>

#include "guest.h"
#include "producers.h"
#include "writer.h"

/* ---- a batch, in the tag of its ProduceRequestResult ---- */

#define ROW_BITS 11
#define SITE_BITS 10
#define NUMBER_BITS 11
#define BYTES_BITS 30
#define BITS(n) ((1ull << (n)) - 1)

struct batch {
	uint32_t row;	 /* of SECTION_TOPIC plus 1; 0: not (yet) the producer's */
	uint32_t site;	 /* of all its records; 0: of several, or none */
	uint32_t number; /* in its partition, modulo 2048 */
	uint64_t bytes;
	bool failed;
	bool begun;
};

_Static_assert(GUEST_TOPIC_ROWS <= BITS(ROW_BITS), "a row fits into a tag");

static struct batch batch_of(int64_t tag)
{
	uint64_t bits = (uint64_t)tag;

	return (struct batch){
		.begun = bits & 1,
		.failed = bits >> 1 & 1,
		.row = (uint32_t)(bits >> 2 & BITS(ROW_BITS)),
		.site = (uint32_t)(bits >> 13 & BITS(SITE_BITS)),
		.number = (uint32_t)(bits >> 23 & BITS(NUMBER_BITS)),
		.bytes = bits >> 34,
	};
}

static int64_t batch_tag(const struct batch *batch)
{
	uint64_t bytes = batch->bytes > BITS(BYTES_BITS) ? BITS(BYTES_BITS) : batch->bytes;

	return (int64_t)((uint64_t)batch->begun | (uint64_t)batch->failed << 1 |
			 (uint64_t)batch->row << 2 | (uint64_t)batch->site << 13 |
			 ((uint64_t)batch->number & BITS(NUMBER_BITS)) << 23 | bytes << 34);
}

static struct guest_producer *row_producer(uint32_t row)
{
	return &guest->producers[guest->map.topics[row].producer];
}

static bool recording(void)
{
	return guest_phase() == GUEST_RECORDING && !guest_is_borrowed();
}

/* ---- what this thread is at: a producer's sender is a thread of its own ---- */

static __thread struct {
	uint32_t generation; /* of the account that is open; 0 none */
	int32_t error;	     /* why the batch that is ending fails; 0 it does not */
	enum trace_count kind;
	bool given_up; /* the producer was closed, with batches left */
} sender __attribute__((tls_model("initial-exec")));

/* A record that was refused before its producer was known. */
static __thread struct {
	int32_t error;
	uint64_t fingerprint;
	char topic[256];
} orphan __attribute__((tls_model("initial-exec")));

static void call_running(jni_env env, java_ref target, java_ref self)
{
	if (sender.generation == guest_generation + 1 || !recording())
		return;
	const struct probe_jvm_client *client = probe_jvm_client_of(target);

	sender.generation = guest_generation + 1;
	if (client)
		probe_jvm_account_sender(env, client, self);
}

/* ---- records enter batches ---- */

static void call_accepted(jni_env env, java_ref target, java_ref result, int32_t key_bytes,
			  int32_t value_bytes)
{
	(void)target;
	if (!recording())
		return;
	struct batch batch = batch_of(probe_jvm_tag(result));
	uint64_t bytes = (uint64_t)(key_bytes > 0 ? key_bytes : 0) +
			 (uint64_t)(value_bytes > 0 ? value_bytes : 0);
	uint32_t site = probe_jvm_site(env);

	batch.site = !batch.begun || batch.site == site ? site : 0;
	batch.begun = true;
	batch.bytes += bytes;
	probe_jvm_tag_set(result, batch_tag(&batch));
	if (!batch.row)
		return; /* the first record of a batch: added() */
	probe_jvm_appended(batch.row - 1);
	probe_jvm_count(batch.row - 1, site, COUNT_SENT, 1, bytes);
	producer_row(row_producer(batch.row - 1))->produced_last_ns = guest_now_coarse_ns();
}

static uint32_t batch_row(jni_env env, const struct probe_jvm_client *client,
			  const struct guest_producer *producer, java_ref batch)
{
	char topic[256];
	java_ref place = JNI(env, GetObjectField)(env, batch, client->fields[FIELD_BATCH_PLACE]);

	if (!place)
		return producer->topic;
	probe_jvm_text(env, JNI(env, GetObjectField)(env, place, client->fields[FIELD_PLACE_TOPIC]),
		       topic, sizeof topic);
	int32_t partition = JNI(env, GetIntField)(env, place, client->fields[FIELD_PLACE_PARTITION]);

	return writer_topic(producer_index(producer), topic, partition, producer->topic);
}

/* Halves of a batch that was too large hold records that have been counted. */
static void call_added(jni_env env, java_ref target, java_ref incomplete, java_ref self)
{
	const struct probe_jvm_client *client = recording() ? probe_jvm_client_of(target) : NULL;

	if (!client || !self)
		return;
	struct guest_producer *producer = probe_jvm_account(probe_jvm_tag(incomplete));
	java_ref result = JNI(env, GetObjectField)(env, self, client->fields[FIELD_BATCH_RESULT]);
	int32_t given = JNI(env, GetIntField)(env, self, client->fields[FIELD_BATCH_RECORDS]);
	uint64_t records = given > 0 ? (uint64_t)given : 0;
	struct batch batch = batch_of(probe_jvm_tag(result));
	bool split = JNI(env, GetBooleanField)(env, self, client->fields[FIELD_BATCH_SPLIT]);

	if (!producer) {
		writer_add_shared(&guest->map.process->sends_unseen, records);
		return;
	}
	uint32_t row = batch_row(env, client, producer, self);

	batch.row = row + 1;
	batch.number = probe_jvm_batch_begun(row, split ? 0 : records);
	if (split) { /* who is the last in its partition now, nobody says */
		batch.site = 0;
		__atomic_fetch_or(&producer_row(producer)->flags,
				  PRODUCER_SITES_INEXACT | PRODUCER_WAITS_UNSEEN, __ATOMIC_RELAXED);
	}
	probe_jvm_tag_set(result, batch_tag(&batch));
	if (split)
		return;
	probe_jvm_count(row, batch.site, COUNT_SENT, records, batch.bytes);
	producer_row(producer)->produced_last_ns = guest_now_coarse_ns();
}

/* ---- batches end ---- */

static void ending(jni_env env, java_ref exception, bool aborted)
{
	sender.error = exception ? probe_jvm_error(env, exception) : 0;
	sender.kind = !exception ? COUNT_DELIVERED : COUNT_FAILED;
	if (aborted && sender.given_up)
		sender.kind = COUNT_DROPPED;
	else if (aborted && probe_jvm_class_is(env, exception, "TransactionAbortedException"))
		sender.kind = COUNT_PURGED;
}

static void call_ending(jni_env env, java_ref target, java_ref exception)
{
	(void)target;
	if (recording())
		ending(env, exception, false);
}

static void call_aborting(jni_env env, java_ref target, java_ref exception)
{
	(void)target;
	if (recording())
		ending(env, exception, true);
}

static void call_given_up(jni_env env, java_ref target, java_ref accumulator)
{
	(void)env;
	(void)target;
	(void)accumulator;
	sender.given_up = true;
}

/* A batch's thunks: a future and a callback for each of its records. */
struct thunks {
	jni_env env;
	const struct probe_jvm_client *client;
	java_ref list;
	java_method get;
	int32_t count;
};

static struct thunks thunks_of(jni_env env, const struct probe_jvm_client *client, java_ref batch)
{
	struct thunks thunks = {
		.env = env,
		.client = client,
		.list = JNI(env, GetObjectField)(env, batch, client->fields[FIELD_BATCH_THUNKS]),
	};
	java_ref class = thunks.list ? JNI(env, GetObjectClass)(env, thunks.list) : NULL;
	java_method size = class ? JNI(env, GetMethodID)(env, class, "size", "()I") : NULL;

	if (size)
		thunks.get = JNI(env, GetMethodID)(env, class, "get", "(I)Ljava/lang/Object;");
	if (thunks.get)
		thunks.count = JNI(env, CallIntMethodA)(env, thunks.list, size, NULL);
	if (probe_jvm_threw(env))
		thunks.count = 0;
	return thunks;
}

/* Whether the application gave a callback with record `index`; its future. */
static bool thunk_asks(const struct thunks *thunks, int32_t index, java_ref *future)
{
	jni_env env = thunks->env;
	const struct probe_jvm_client *client = thunks->client;
	union java_value argument = {.i = index};
	java_ref thunk = JNI(env, CallObjectMethodA)(env, thunks->list, thunks->get, &argument);

	*future = NULL;
	if (probe_jvm_threw(env) || !thunk)
		return false;
	*future = JNI(env, GetObjectField)(env, thunk, client->fields[FIELD_THUNK_FUTURE]);
	java_ref wrapper = JNI(env, GetObjectField)(env, thunk, client->fields[FIELD_THUNK_CALLBACK]);

	/* Only the client's own wrapper has the field. */
	return wrapper && JNI(env, IsInstanceOf)(env, wrapper, client->callback_class) &&
	       JNI(env, GetObjectField)(env, wrapper, client->user_callback);
}

/* Who asked by a callback is told now; who asks by get() will be, later. */
static void failures_tell(const struct thunks *thunks, struct guest_producer *producer)
{
	java_ref future;

	for (int32_t i = 0; i < thunks->count; i++) {
		if (JNI(thunks->env, PushLocalFrame)(thunks->env, 8) != 0)
			break;
		if (thunk_asks(thunks, i, &future)) {
			writer_add_shared(&producer_row(producer)->reports_served_failed, 1);
			probe_jvm_tag_set(future, 1);
		}
		JNI(thunks->env, PopLocalFrame)(thunks->env, NULL);
	}
	probe_jvm_threw(thunks->env);
}

static void batch_settle(const struct thunks *thunks, const struct batch *batch, uint64_t records)
{
	uint32_t row = batch->row - 1;
	struct guest_producer *producer = row_producer(row);
	enum trace_count kind = sender.kind;
	java_ref future;

	if (kind == COUNT_DELIVERED && producer_row(producer)->acks == 0)
		kind = COUNT_UNCONFIRMED;
	probe_jvm_count(row, batch->site, kind, records, batch->bytes);
	if (kind == COUNT_FAILED) {
		for (uint64_t i = 0; i < records; i++)
			producer_error(producer, sender.error, COUNT_FAILED);
		writer_event(EVENT_FAILED, producer_index(producer), sender.error,
			     (int64_t)batch->bytes);
		failures_tell(thunks, producer);
	}
	probe_jvm_settled(producer, row, records,
			  thunks->count > 0 && thunk_asks(thunks, thunks->count - 1, &future));
}

static void call_ended(jni_env env, java_ref target, java_ref self)
{
	const struct probe_jvm_client *client = recording() ? probe_jvm_client_of(target) : NULL;

	if (!client)
		return;
	java_ref result = JNI(env, GetObjectField)(env, self, client->fields[FIELD_BATCH_RESULT]);
	int32_t given = JNI(env, GetIntField)(env, self, client->fields[FIELD_BATCH_RECORDS]);
	uint64_t records = given > 0 ? (uint64_t)given : 0;
	struct batch batch = batch_of(probe_jvm_tag(result));

	if (!batch.row) { /* begun before we were in */
		writer_add_shared(&guest->map.process->sends_unseen, records);
		return;
	}
	struct thunks thunks = thunks_of(env, client, self);

	batch.failed = sender.kind == COUNT_FAILED;
	probe_jvm_tag_set(result, batch_tag(&batch));
	batch_settle(&thunks, &batch, records);
}

/* The application asks what became of a record, and is about to hear it. */
static void call_asked(jni_env env, java_ref target, java_ref future)
{
	const struct probe_jvm_client *client = recording() ? probe_jvm_client_of(target) : NULL;

	if (!client)
		return;
	java_ref result = JNI(env, GetObjectField)(env, future, client->fields[FIELD_FUTURE_RESULT]);
	struct batch batch = batch_of(probe_jvm_tag(result));

	if (!batch.row)
		return;
	if (batch.failed && !probe_jvm_tag(future)) {
		writer_add_shared(&producer_row(row_producer(batch.row - 1))->reports_served_failed, 1);
		probe_jvm_tag_set(future, 1);
	}
	probe_jvm_got(batch.row - 1, batch.number,
		      client->index_is_long ? JNI(env, GetLongField)(env, future, client->index)
					    : JNI(env, GetIntField)(env, future, client->index));
}

/* ---- records that are refused ---- */

static void call_refused(jni_env env, java_ref target, java_ref interceptors, java_ref record,
			 java_ref exception)
{
	const struct probe_jvm_client *client = recording() ? probe_jvm_client_of(target) : NULL;
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
		producer = probe_jvm_account_only();
	if (producer) {
		probe_jvm_rejected(producer, topic, error, fingerprint);
		return;
	}
	orphan.error = error;
	orphan.fingerprint = fingerprint;
	memcpy(orphan.topic, topic, sizeof topic);
}

/* send() is about to give its future back. */
static void call_sent(jni_env env, java_ref target, java_ref future, java_ref self, java_ref record)
{
	if (!recording() || (probe_jvm_account_is_quiet() && !orphan.error))
		return;
	const struct probe_jvm_client *client = probe_jvm_client_of(target);
	struct guest_producer *producer =
		client ? probe_jvm_account_producer(env, client, self) : NULL;

	if (!producer)
		return;
	if (orphan.error) {
		probe_jvm_rejected(producer, orphan.topic, orphan.error, orphan.fingerprint);
		orphan.error = 0;
	} else if (record && producer->refused_count &&
		   probe_jvm_class_is(env, future, "FutureRecordMetadata")) {
		probe_jvm_retried(producer, probe_jvm_fingerprint(env, client, record));
	}
}

/* ---- flush, close ---- */

static struct guest_producer *account(jni_env env, java_ref target, java_ref self)
{
	const struct probe_jvm_client *client = recording() ? probe_jvm_client_of(target) : NULL;

	return client ? probe_jvm_account_producer(env, client, self) : NULL;
}

/* What was produced when a call began, kept with the thread that made it: a
 * virtual one is the same object, wherever it goes on. */
static void thread_remember(const struct guest_producer *producer)
{
	java_ref thread = NULL;

	if (JVMTI(probe_jvmti, GetCurrentThread)(probe_jvmti, &thread) == 0)
		probe_jvm_tag_set(thread, (int64_t)producer_produced(producer) + 1);
}

static bool thread_recall(uint64_t *produced)
{
	java_ref thread = NULL;

	if (JVMTI(probe_jvmti, GetCurrentThread)(probe_jvmti, &thread) != 0)
		return false;
	int64_t tag = probe_jvm_tag(thread);

	probe_jvm_tag_set(thread, 0);
	*produced = (uint64_t)(tag - 1);
	return tag > 0;
}

static void call_flush_began(jni_env env, java_ref target, java_ref self)
{
	struct guest_producer *producer = account(env, target, self);

	if (!producer)
		return;
	thread_remember(producer);
	writer_add_shared(&producer_row(producer)->flush_calls, 1);
	writer_event(EVENT_FLUSH_BEGIN, producer_index(producer),
		     (int64_t)producer_produced(producer), -1);
}

static void call_flush_ended(jni_env env, java_ref target, java_ref self)
{
	struct guest_producer *producer = account(env, target, self);
	uint64_t produced;

	if (!producer || !thread_recall(&produced))
		return;
	producer_row(producer)->flush_result = 0;
	producer_row(producer)->flush_ended_ns = guest_now_coarse_ns();
	probe_jvm_covered(producer, produced, WAITED_FLUSH);
	writer_event(EVENT_FLUSH_END, producer_index(producer), 0, 0);
}

/* close(0) gives up what it finds. */
static bool close_waits(jni_env env, java_ref timeout)
{
	java_ref class = timeout ? JNI(env, GetObjectClass)(env, timeout) : NULL;
	java_method millis = class ? JNI(env, GetMethodID)(env, class, "toMillis", "()J") : NULL;
	int64_t given = millis ? JNI(env, CallLongMethodA)(env, timeout, millis, NULL) : 0;

	return probe_jvm_threw(env) || given > 0; /* it throws when it is more than fits */
}

static void call_close_began(jni_env env, java_ref target, java_ref self, java_ref timeout)
{
	struct guest_producer *producer = account(env, target, self);

	if (!producer || producer->destroying)
		return;
	struct trace_producer *row = producer_row(producer);

	producer->destroying = true;
	row->destroy_began_ns = guest_now_ns();
	row->state = PRODUCER_DESTROYING;
	if (close_waits(env, timeout))
		thread_remember(producer);
	writer_event(EVENT_DESTROY_BEGIN, producer_index(producer),
		     (int64_t)(producer_produced(producer) - producer_done(producer)), 0);
}

static void call_close_ended(jni_env env, java_ref target, java_ref self)
{
	struct guest_producer *producer = account(env, target, self);
	uint64_t produced;

	if (!producer || producer_row(producer)->state != PRODUCER_DESTROYING)
		return;
	uint64_t outstanding = producer_produced(producer) - producer_done(producer);
	struct trace_producer *row = producer_row(producer);

	row->destroyed_ns = guest_now_ns();
	row->state = PRODUCER_DESTROYED;
	if (thread_recall(&produced) && !outstanding)
		probe_jvm_covered(producer, produced, WAITED_CLOSE);
	writer_event(EVENT_DESTROY_END, producer_index(producer), (int64_t)outstanding, 0);
}

static void call_made(jni_env env, java_ref target, java_ref self)
{
	account(env, target, self);
}

/* ---- transactions ---- */

static void call_begun(jni_env env, java_ref target, java_ref self)
{
	struct guest_producer *producer = account(env, target, self);

	if (!producer)
		return;
	writer_add_shared(&producer_row(producer)->transactions_begun, 1);
	__atomic_fetch_or(&producer_row(producer)->flags, PRODUCER_IN_TRANSACTION, __ATOMIC_RELAXED);
	writer_event(EVENT_TRANSACTION_BEGIN, producer_index(producer), 0, 0);
}

static void transaction_began_to_end(jni_env env, java_ref target, java_ref self)
{
	struct guest_producer *producer = account(env, target, self);

	if (producer)
		thread_remember(producer);
}

static void transaction_ended(jni_env env, java_ref target, java_ref self, bool committed)
{
	struct guest_producer *producer = account(env, target, self);
	uint64_t produced;

	if (!producer || !thread_recall(&produced))
		return;
	struct trace_producer *row = producer_row(producer);

	__atomic_fetch_and(&row->flags, ~(uint32_t)PRODUCER_IN_TRANSACTION, __ATOMIC_RELAXED);
	writer_add_shared(committed ? &row->transactions_committed : &row->transactions_aborted, 1);
	probe_jvm_covered(producer, produced, WAITED_COMMIT);
	writer_event(EVENT_TRANSACTION_END, producer_index(producer), committed, 0);
}

static void call_commit_began(jni_env env, java_ref target, java_ref self)
{
	transaction_began_to_end(env, target, self);
}

static void call_abort_began(jni_env env, java_ref target, java_ref self)
{
	transaction_began_to_end(env, target, self);
}

static void call_commit_ended(jni_env env, java_ref target, java_ref self)
{
	transaction_ended(env, target, self, true);
}

static void call_abort_ended(jni_env env, java_ref target, java_ref self)
{
	transaction_ended(env, target, self, false);
}

/* ---- */

bool probe_jvm_register(jni_env env, java_ref target)
{
	static slot_fn *const functions[PROBE_JVM_HOOK_COUNT] = {
#define FUNCTION(function, class, method, shape, where, operands) (slot_fn *)call_##function,
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
