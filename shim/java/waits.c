/* SPDX-License-Identifier: Apache-2.0 */
/*
 * waits.c - flush, close and transactions: what the application waits
 * for. Only a call that returns is waited for: one that throws ends nothing.
 */
#include "java/hooks.h"

#include "account/producers.h"
#include "java/account.h"
#include "java/jni.h"
#include "java/partition.h"
#include "trace/writer.h"

/* What was produced when a call began, kept with the thread that made it: a
 * virtual one is the same object, wherever it goes on. */
static void thread_remember(const struct guest_producer *producer)
{
	java_ref thread = NULL;

	if (JVMTI(jni_jvmti, GetCurrentThread)(jni_jvmti, &thread) == 0)
		jni_tag_set(thread, (int64_t)producer_produced(producer) + 1);
}

static bool thread_recall(uint64_t *produced)
{
	java_ref thread = NULL;

	if (JVMTI(jni_jvmti, GetCurrentThread)(jni_jvmti, &thread) != 0)
		return false;
	int64_t tag = jni_tag(thread);

	jni_tag_set(thread, 0);
	*produced = (uint64_t)(tag - 1);
	return tag > 0;
}

void java_hook_flush_began(jni_env env, java_ref target, java_ref self)
{
	struct guest_producer *producer = java_account_self(env, target, self);

	if (!producer)
		return;
	thread_remember(producer);
	writer_add_shared(&producer_row(producer)->flush_calls, 1);
	writer_event(EVENT_FLUSH_BEGIN, producer_index(producer),
		     (int64_t)producer_produced(producer), -1);
}

void java_hook_flush_ended(jni_env env, java_ref target, java_ref self)
{
	struct guest_producer *producer = java_account_self(env, target, self);
	uint64_t produced;

	if (!producer || !thread_recall(&produced))
		return;
	producer_row(producer)->flush_result = 0;
	producer_row(producer)->flush_ended_ns = guest_now_coarse_ns();
	java_partition_covered(producer, produced, WAITED_FLUSH);
	writer_event(EVENT_FLUSH_END, producer_index(producer), 0, 0);
}

/* close(0) gives up what it finds. */
static bool close_waits(jni_env env, java_ref timeout)
{
	java_ref class = timeout ? JNI(env, GetObjectClass)(env, timeout) : NULL;
	java_method millis = class ? JNI(env, GetMethodID)(env, class, "toMillis", "()J") : NULL;
	int64_t given = millis ? JNI(env, CallLongMethodA)(env, timeout, millis, NULL) : 0;

	return jni_threw(env) || given > 0; /* it throws when it is more than fits */
}

void java_hook_close_began(jni_env env, java_ref target, java_ref self, java_ref timeout)
{
	struct guest_producer *producer = java_account_self(env, target, self);

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

void java_hook_close_ended(jni_env env, java_ref target, java_ref self)
{
	struct guest_producer *producer = java_account_self(env, target, self);
	uint64_t produced;

	if (!producer || producer_row(producer)->state != PRODUCER_DESTROYING)
		return;
	uint64_t outstanding = producer_produced(producer) - producer_done(producer);
	struct trace_producer *row = producer_row(producer);

	row->destroyed_ns = guest_now_ns();
	row->state = PRODUCER_DESTROYED;
	if (thread_recall(&produced) && !outstanding)
		java_partition_covered(producer, produced, WAITED_CLOSE);
	writer_event(EVENT_DESTROY_END, producer_index(producer), (int64_t)outstanding, 0);
}

/* ---- transactions ---- */

void java_hook_begun(jni_env env, java_ref target, java_ref self)
{
	struct guest_producer *producer = java_account_self(env, target, self);

	if (!producer)
		return;
	writer_add_shared(&producer_row(producer)->transactions_begun, 1);
	__atomic_fetch_or(&producer_row(producer)->flags, PRODUCER_IN_TRANSACTION,
			  __ATOMIC_RELAXED);
	writer_event(EVENT_TRANSACTION_BEGIN, producer_index(producer), 0, 0);
}

static void transaction_began_to_end(jni_env env, java_ref target, java_ref self)
{
	struct guest_producer *producer = java_account_self(env, target, self);

	if (producer)
		thread_remember(producer);
}

static void transaction_ended(jni_env env, java_ref target, java_ref self, bool committed)
{
	struct guest_producer *producer = java_account_self(env, target, self);
	uint64_t produced;

	if (!producer || !thread_recall(&produced))
		return;
	struct trace_producer *row = producer_row(producer);

	__atomic_fetch_and(&row->flags, ~(uint32_t)PRODUCER_IN_TRANSACTION, __ATOMIC_RELAXED);
	writer_add_shared(committed ? &row->transactions_committed : &row->transactions_aborted,
			  1);
	java_partition_covered(producer, produced, WAITED_COMMIT);
	writer_event(EVENT_TRANSACTION_END, producer_index(producer), committed, 0);
}

void java_hook_commit_began(jni_env env, java_ref target, java_ref self)
{
	transaction_began_to_end(env, target, self);
}

void java_hook_abort_began(jni_env env, java_ref target, java_ref self)
{
	transaction_began_to_end(env, target, self);
}

void java_hook_commit_ended(jni_env env, java_ref target, java_ref self)
{
	transaction_ended(env, target, self, true);
}

void java_hook_abort_ended(jni_env env, java_ref target, java_ref self)
{
	transaction_ended(env, target, self, false);
}
