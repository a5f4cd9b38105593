/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch.c - records enter batches, and batches come to an end.
 *
 * A record is counted under the lock of its partition, which the sender needs to
 * take its batch: so before it can be sent. Its end is counted before its future
 * is completed and its callback called.
 */
#include "java/hooks.h"

#include <time.h>

#include "account/counts.h"
#include "account/producers.h"
#include "account/told.h"
#include "account/waits.h"
#include "java/account.h"
#include "java/batch_tag.h"
#include "java/client.h"
#include "java/error.h"
#include "java/jvm/jni.h"
#include "java/large.h"
#include "java/partition.h"
#include "java/site.h"
#include "trace/batches.h"
#include "trace/map.h"
#include "trace/owners.h"
#include "trace/writer.h"

/* State of the sender's thread, of which each producer has one. */
static __thread struct {
	int32_t error; /* why the batch that is ending fails; 0 it does not */
	enum trace_count kind;
	bool given_up; /* the producer was closed, with batches left */
} sender __attribute__((tls_model("initial-exec")));

static struct account_producer *row_producer(uint32_t row)
{
	return producer_at(trace->topics[row].producer);
}

/* ---- records enter batches ---- */

/*
 * The batch that a thread has put its last records into, by the slot of the thread:
 * to compare with that takes a tenth of the time of reading the batch's tag.
 */
static struct open_batch {
	uint32_t generation;
	uint32_t tag_row; /* of the last batch that was looked up by its tag */
	uint32_t tag_number;
	uint32_t row;	 /* plus 1, of the one that is held */
	java_ref result; /* that one: a weak reference */
} open_batches[64];

static struct open_batch *open_batch(jni_env env)
{
	uint32_t slot = writer_thread();
	struct open_batch *open = &open_batches[slot % 64];

	if (!slot || slot >= 64)
		return NULL;
	if (open->generation != guest_generation + 1) {
		if (open->result)
			JNI(env, DeleteWeakGlobalRef)(env, open->result);
		*open = (struct open_batch){.generation = guest_generation + 1};
	}
	return open;
}

/* Keeps a weak reference from the second record on: for one record it is not worth the time. */
static void open_batch_hold(jni_env env, struct open_batch *open, java_ref result,
			    const struct java_batch *batch)
{
	bool again = open->tag_row == batch->row && open->tag_number == batch->number;

	open->tag_row = batch->row;
	open->tag_number = batch->number;
	if (!again)
		return;
	if (open->result)
		JNI(env, DeleteWeakGlobalRef)(env, open->result);
	open->result = JNI(env, NewWeakGlobalRef)(env, result);
	open->row = batch->row;
}

/* The row, plus 1, of the batch that a record is put into; 0: its first one. */
static uint32_t accepted_row(jni_env env, java_ref result, uint32_t site, uint64_t bytes)
{
	struct open_batch *open = open_batch(env);

	if (open && open->result && JNI(env, IsSameObject)(env, result, open->result))
		return open->row;
	struct java_batch batch = java_batch_tag_read(result);

	if (batch.row) {
		if (open)
			open_batch_hold(env, open, result, &batch);
		return batch.row;
	}
	batch.site = !batch.begun || batch.site == site ? site : 0;
	batch.begun = true;
	batch.bytes += bytes;
	java_batch_tag_write(result, &batch);
	return 0;
}

void java_hook_accepted(jni_env env, java_ref target, java_ref result, int32_t key_bytes,
			int32_t value_bytes)
{
	(void)target;
	if (!java_account_is_recording())
		return;
	java_send_accepted = true;
	uint64_t bytes = (uint64_t)(key_bytes > 0 ? key_bytes : 0) +
			 (uint64_t)(value_bytes > 0 ? value_bytes : 0);
	uint32_t site = java_site(env, __builtin_return_address(0), __builtin_dwarf_cfa());
	uint32_t row = accepted_row(env, result, site, bytes);

	if (!row)
		return; /* counted by added(), when the producer is known */
	java_partition_batch_add(row - 1, site, bytes);
	count_sent(row_producer(row - 1), row - 1, site, 1, bytes);
	if (UNLIKELY(bytes >= TRACE_LARGE_BYTES)) {
		struct java_batch batch = java_batch_tag_read(result);

		java_large_accepted(&batch, site, bytes);
	}
}

static uint32_t batch_row(jni_env env, const struct java_client *client,
			  const struct account_producer *producer, java_ref batch)
{
	char topic[256];
	java_ref place =
		JNI(env, GetObjectField)(env, batch, client->fields[FIELD_BATCH_PLACE]);

	if (!place)
		return producer->topic;
	jni_text(env, JNI(env, GetObjectField)(env, place, client->fields[FIELD_PLACE_TOPIC]),
		 topic, sizeof topic);
	int32_t partition =
		JNI(env, GetIntField)(env, place, client->fields[FIELD_PLACE_PARTITION]);

	return count_row(producer, topic, partition);
}

/* If a batch that was too large was split, its records have been counted already. */
void java_hook_added(jni_env env, java_ref target, java_ref incomplete, java_ref self)
{
	const struct java_client *client =
		java_account_is_recording() ? java_client_of(target) : NULL;

	if (!client || !self)
		return;
	struct account_producer *producer = java_account_batches(client, incomplete);
	java_ref result =
		JNI(env, GetObjectField)(env, self, client->fields[FIELD_BATCH_RESULT]);
	int32_t given = JNI(env, GetIntField)(env, self, client->fields[FIELD_BATCH_RECORDS]);
	uint64_t records = given > 0 ? (uint64_t)given : 0;
	struct java_batch batch = java_batch_tag_read(result);
	bool split = JNI(env, GetBooleanField)(env, self, client->fields[FIELD_BATCH_SPLIT]);

	if (!producer) {
		count_unseen(records);
		return;
	}
	uint32_t row = batch_row(env, client, producer, self);

	batch.row = row + 1;
	if (split) { /* the last record of its partition is unknown now */
		batch.site = 0;
		producer_flags_set(producer, PRODUCER_SITES_INEXACT | PRODUCER_WAITS_UNSEEN);
	}
	java_partition_batch_begin(env, result, &batch, split ? 0 : records);
	if (split)
		return;
	count_sent(producer, row, batch.site, records, batch.bytes);
	if (UNLIKELY(records == 1 && batch.bytes >= TRACE_LARGE_BYTES))
		java_large_accepted(&batch, batch.site, batch.bytes);
}

/* ---- batches enter requests ---- */

/*
 * When the JVM ends its daemon threads, among them the sender's, run on, and no object has a
 * tag any more: records that enter a request then may still be written, and arrive. (This time
 * can be long: if the JVM is busy, or an agent's VMDeath handler takes long.)
 */
static void requested_late(jni_env env, java_ref target, java_ref self)
{
	const struct java_client *client = java_client_late(env, target);
	int32_t records =
		client ? JNI(env, GetIntField)(env, self, client->fields[FIELD_BATCH_RECORDS])
		       : 0;

	if (records > 0)
		java_account_requested_late(client, (uint64_t)records);
}

/* A batch was created for its first record: createdMs is in milliseconds of the wall clock, or
 * of a clock that a test has set. */
static void queued_count(jni_env env, const struct java_client *client, java_ref self,
			 uint32_t producer)
{
	int64_t made_ns =
		JNI(env, GetLongField)(env, self, client->fields[FIELD_BATCH_MADE]) * 1000000;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	int64_t now_ns = now.tv_sec * INT64_C(1000000000) + now.tv_nsec;

	if (made_ns >= trace->process->realtime_ns - 1000000 && made_ns <= now_ns)
		batches_queued(producer, now_ns - made_ns);
}

/*
 * The sender is about to put this batch into a Produce request. The batch's own tag says
 * whether that is the first time; its result's tag is written by threads that put records into
 * batches.
 */
void java_hook_requested(jni_env env, java_ref target, java_ref self)
{
	if (!java_account_is_recording())
		return;
	const struct java_client *client = java_client_of(target);

	if (UNLIKELY(!client)) {
		if (jni_is_over())
			requested_late(env, target, self);
		return;
	}
	java_ref result =
		JNI(env, GetObjectField)(env, self, client->fields[FIELD_BATCH_RESULT]);
	int32_t records = JNI(env, GetIntField)(env, self, client->fields[FIELD_BATCH_RECORDS]);
	struct java_batch batch = java_batch_tag_read(result);

	if (!batch.row && jni_is_over()) { /* the tags were dropped meanwhile */
		requested_late(env, target, self);
		return;
	}
	if (!batch.row || records <= 0)
		return;
	java_large_drained(&batch, (uint64_t)records);
	if (jni_tag(self))
		return;
	jni_tag_set(self, 1);
	queued_count(env, client, self, producer_index(row_producer(batch.row - 1)));
	count_requested(row_producer(batch.row - 1), (uint64_t)records);
}

/* ---- batches end ---- */

static void ending(jni_env env, java_ref exception, bool aborted)
{
	sender.error = exception ? java_error(env, exception) : 0;
	sender.kind = !exception ? COUNT_DELIVERED : COUNT_FAILED;
	if (aborted && sender.given_up)
		sender.kind = COUNT_DROPPED;
	else if (aborted && jni_class_is(env, exception, "TransactionAbortedException"))
		sender.kind = COUNT_PURGED;
}

void java_hook_ending(jni_env env, java_ref target, java_ref exception)
{
	(void)target;
	if (java_account_is_recording())
		ending(env, exception, false);
}

void java_hook_aborting(jni_env env, java_ref target, java_ref exception)
{
	(void)target;
	if (java_account_is_recording())
		ending(env, exception, true);
}

void java_hook_given_up(jni_env env, java_ref target, java_ref accumulator)
{
	(void)env;
	(void)target;
	(void)accumulator;
	sender.given_up = true;
}

/* A batch's thunks: a future and a callback for each of its records. */
struct thunks {
	jni_env env;
	const struct java_client *client;
	java_ref list;
	java_method get;
	int32_t count;
};

static struct thunks thunks_of(jni_env env, const struct java_client *client, java_ref batch)
{
	struct thunks thunks = {
		.env = env,
		.client = client,
		.list = JNI(env, GetObjectField)(env, batch,
						 client->fields[FIELD_BATCH_THUNKS]),
	};
	java_ref class = thunks.list ? JNI(env, GetObjectClass)(env, thunks.list) : NULL;
	java_method size = class ? JNI(env, GetMethodID)(env, class, "size", "()I") : NULL;

	if (size)
		thunks.get = JNI(env, GetMethodID)(env, class, "get", "(I)Ljava/lang/Object;");
	if (thunks.get)
		thunks.count = JNI(env, CallIntMethodA)(env, thunks.list, size, NULL);
	if (jni_threw(env))
		thunks.count = 0;
	return thunks;
}

/* Whether the application gave a callback with record `index`; its future. */
static bool thunk_asks(const struct thunks *thunks, int32_t index, java_ref *future)
{
	jni_env env = thunks->env;
	const struct java_client *client = thunks->client;
	union java_value argument = {.i = index};
	java_ref thunk = JNI(env, CallObjectMethodA)(env, thunks->list, thunks->get, &argument);

	*future = NULL;
	if (jni_threw(env) || !thunk)
		return false;
	*future = JNI(env, GetObjectField)(env, thunk, client->fields[FIELD_THUNK_FUTURE]);
	java_ref wrapper =
		JNI(env, GetObjectField)(env, thunk, client->fields[FIELD_THUNK_CALLBACK]);

	/* Only the client's own wrapper has the field. */
	return wrapper && JNI(env, IsInstanceOf)(env, wrapper, client->callback_class) &&
	       JNI(env, GetObjectField)(env, wrapper, client->user_callback);
}

/* Counts records with a callback as told now; those whose future is asked by get() are later.
 */
static void failures_tell(const struct thunks *thunks, struct account_producer *producer)
{
	java_ref future;

	for (int32_t i = 0; i < thunks->count; i++) {
		if (!jni_push(thunks->env, 8))
			break;
		if (thunk_asks(thunks, i, &future)) {
			told_failures(producer, 1);
			jni_tag_set(future, 1);
		}
		JNI(thunks->env, PopLocalFrame)(thunks->env, NULL);
	}
	jni_threw(thunks->env);
}

static void batch_settle(const struct thunks *thunks, const struct java_batch *batch,
			 uint64_t records)
{
	uint32_t row = batch->row - 1;
	struct account_producer *producer = row_producer(row);
	enum trace_count kind = sender.kind;
	java_ref future;

	if (kind == COUNT_DELIVERED && producer_row(producer)->acks == 0)
		kind = COUNT_UNCONFIRMED;
	java_large_ended(batch, kind);
	count_done(producer, row, batch->site, kind, records, batch->bytes, sender.error);
	if (kind == COUNT_FAILED)
		failures_tell(thunks, producer);
	java_partition_settled(producer, row, records,
			       thunks->count > 0 &&
				       thunk_asks(thunks, thunks->count - 1, &future));
}

void java_hook_ended(jni_env env, java_ref target, java_ref self)
{
	const struct java_client *client =
		java_account_is_recording() ? java_client_of(target) : NULL;

	if (!client)
		return;
	owners_thread_is(0);
	java_ref result =
		JNI(env, GetObjectField)(env, self, client->fields[FIELD_BATCH_RESULT]);
	int32_t given = JNI(env, GetIntField)(env, self, client->fields[FIELD_BATCH_RECORDS]);
	uint64_t records = given > 0 ? (uint64_t)given : 0;
	struct java_batch batch = java_batch_tag_read(result);

	if (!batch.row) { /* begun before the client was woven */
		count_unseen(records);
		return;
	}
	struct thunks thunks = thunks_of(env, client, self);

	java_partition_batch_total(&batch);
	batch.failed = sender.kind == COUNT_FAILED;
	java_batch_tag_write(result, &batch);
	batch_settle(&thunks, &batch, records);
	if (!jni_tag(self))
		return;
	count_requested_ended(row_producer(batch.row - 1), sender.kind, records);
	jni_tag_set(self, 0); /* frees the JVM's entry for the tag */
}

/* ---- the application waits for a record's future ---- */

void java_hook_get_began(jni_env env, java_ref target, java_ref future)
{
	struct wait wait = {.producer = NULL};

	(void)env, (void)target, (void)future;
	if (java_account_is_recording())
		wait_pends(&wait);
}

/* A call that was under way when its class was woven runs the old code to its end. */
static void get_over(void)
{
	struct wait wait = {.generation = guest_generation, .pends = true};

	wait_pends_no_more(&wait);
}

void java_hook_get_ended(jni_env env, java_ref target, java_ref future)
{
	(void)env, (void)target, (void)future;
	get_over();
}

void java_hook_get_left(jni_env env, java_ref target, java_ref exception, java_ref future)
{
	const struct java_client *client =
		java_account_is_recording() ? java_client_of(target) : NULL;

	get_over();
	if (!client || !jni_class_is(env, exception, "TimeoutException"))
		return;
	java_ref result =
		JNI(env, GetObjectField)(env, future, client->fields[FIELD_FUTURE_RESULT]);
	struct java_batch batch = java_batch_tag_read(result);

	if (batch.row)
		wait_in_vain(row_producer(batch.row - 1));
}

/* The application asks for the result of a record, and is about to get it. */
void java_hook_asked(jni_env env, java_ref target, java_ref future)
{
	const struct java_client *client =
		java_account_is_recording() ? java_client_of(target) : NULL;

	if (!client)
		return;
	java_ref result =
		JNI(env, GetObjectField)(env, future, client->fields[FIELD_FUTURE_RESULT]);
	struct java_batch batch = java_batch_tag_read(result);

	if (!batch.row)
		return;
	if (batch.failed && !jni_tag(future)) {
		told_failures(row_producer(batch.row - 1), 1);
		jni_tag_set(future, 1);
	}
	java_partition_got(&batch, client->index_is_long
					   ? JNI(env, GetLongField)(env, future, client->index)
					   : JNI(env, GetIntField)(env, future, client->index));
}
