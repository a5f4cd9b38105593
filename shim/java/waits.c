/* SPDX-License-Identifier: Apache-2.0 */
/*
 * waits.c - flush, close and transactions: the application's waits, and exceptions by which
 * these methods end.
 */
#include "java/hooks.h"

#include <librdkafka/rdkafka.h>

#include "account/waits.h"
#include "java/account.h"
#include "java/error.h"
#include "java/jvm/jni.h"

/*
 * A wait that is under way is stored as the tag of the waiting Thread object, which for a
 * virtual thread is the same on every carrier thread. The tag is an index here plus 1; when all
 * places are taken it is the number of messages produced at the beginning plus PLACES plus 1:
 * then only the duration is not known.
 */
#define PLACES 64

static struct {
	uint32_t taken;
	struct wait wait;
} places[PLACES];

static int64_t place_take(const struct wait *wait)
{
	for (int64_t i = 0; i < PLACES; i++) {
		if (__atomic_exchange_n(&places[i].taken, 1, __ATOMIC_ACQUIRE))
			continue;
		places[i].wait = *wait;
		return i + 1;
	}
	return (int64_t)wait->produced + PLACES + 1;
}

static struct wait place_leave(struct account_producer *producer, int64_t tag)
{
	if (tag > PLACES)
		return (struct wait){.producer = producer,
				     .produced = (uint64_t)(tag - PLACES - 1),
				     .generation = guest_generation,
				     .pends = true};
	struct wait wait = places[tag - 1].wait;

	__atomic_store_n(&places[tag - 1].taken, 0, __ATOMIC_RELEASE);
	return wait;
}

/* The wait that this thread began and has not ended; its producer is NULL: there is none. */
static struct wait thread_recall(struct account_producer *producer)
{
	java_ref thread = NULL;

	if (JVMTI(jni_jvmti, GetCurrentThread)(jni_jvmti, &thread) != 0)
		return (struct wait){.producer = NULL};
	int64_t tag = jni_tag(thread);

	if (tag <= 0)
		return (struct wait){.producer = NULL};
	jni_tag_set(thread, 0);
	return place_leave(producer, tag);
}

static void thread_remember(const struct wait *wait)
{
	java_ref thread = NULL;

	struct wait stopped = thread_recall(wait->producer); /* between two woven calls */

	wait_pends_no_more(&stopped);
	if (wait->producer && JVMTI(jni_jvmti, GetCurrentThread)(jni_jvmti, &thread) == 0)
		jni_tag_set(thread, place_take(wait));
}

void java_hook_flush_began(jni_env env, java_ref target, java_ref self)
{
	struct account_producer *producer = java_account_self(env, target, self);
	struct wait wait = wait_flush_begin(producer, -1, NULL);

	if (producer)
		thread_remember(&wait);
}

void java_hook_flush_ended(jni_env env, java_ref target, java_ref self)
{
	struct account_producer *producer = java_account_self(env, target, self);

	if (!producer)
		return;
	struct wait wait = thread_recall(producer);

	wait_flush_end(&wait, 0, WAIT_OF_BEFORE);
}

/* By an interrupt of the thread, its end (Thread.stop), or another exception. */
static uint32_t left_how(jni_env env, java_ref exception)
{
	if (jni_class_is(env, exception, "InterruptException"))
		return FLUSH_LEFT_INTERRUPT;
	return jni_class_is(env, exception, "ThreadDeath") ? FLUSH_LEFT_THREAD
							   : FLUSH_LEFT_EXCEPTION;
}

void java_hook_flush_left(jni_env env, java_ref target, java_ref exception, java_ref self)
{
	struct account_producer *producer = java_account_self(env, target, self);

	if (!producer)
		return;
	struct wait wait = thread_recall(producer);

	/* The thread may have been stopped after the end of the wait was noted. */
	if (wait.producer)
		wait_flush_left(&wait, left_how(env, exception), TRACE_UNKNOWN);
}

/* close(0) drops records that are outstanding. */
static bool close_waits(jni_env env, java_ref timeout)
{
	java_ref class = timeout ? JNI(env, GetObjectClass)(env, timeout) : NULL;
	java_method millis =
		class ? JNI(env, GetMethodID)(env, class, "toMillis", "()J") : NULL;
	int64_t given = millis ? JNI(env, CallLongMethodA)(env, timeout, millis, NULL) : 0;

	return jni_threw(env) || given > 0; /* toMillis() throws on overflow */
}

void java_hook_close_began(jni_env env, java_ref target, java_ref self, java_ref timeout)
{
	struct account_producer *producer = java_account_self(env, target, self);

	if (!producer || producer->destroying)
		return;
	struct wait wait = wait_close_begin(producer, 0, true);

	if (!close_waits(env, timeout))
		return;
	if (wait.producer)
		wait_pends(&wait);
	thread_remember(&wait);
}

void java_hook_close_ended(jni_env env, java_ref target, java_ref self)
{
	struct account_producer *producer = java_account_self(env, target, self);

	if (!producer || producer_row(producer)->state != PRODUCER_DESTROYING)
		return;
	struct wait wait = thread_recall(producer);
	bool waits = wait.producer != NULL;

	if (!waits)
		wait = wait_begin(producer);
	wait_close_end(&wait, WAIT_CLOSE_DONE, true, waits);
}

static void close_undo(struct account_producer *producer)
{
	__atomic_store_n(&producer_row(producer)->state, PRODUCER_OPEN, __ATOMIC_RELEASE);
	__atomic_store_n(&producer->destroying, false, __ATOMIC_RELEASE);
}

/*
 * If close() is interrupted it drops outstanding records, as with a timeout of 0, and throws
 * after the producer is closed. It also throws then, having waited, when one of the
 * application's own classes cannot be closed (KafkaException). After any other exception the
 * producer is still open: the call was not allowed, or its thread was stopped.
 */
void java_hook_close_left(jni_env env, java_ref target, java_ref exception, java_ref self)
{
	struct account_producer *producer = java_account_self(env, target, self);

	if (!producer || producer_row(producer)->state != PRODUCER_DESTROYING)
		return;
	struct wait wait = thread_recall(producer);
	bool waits = wait.producer != NULL;
	uint32_t how = left_how(env, exception);
	bool closed =
		how == FLUSH_LEFT_INTERRUPT || jni_class_is(env, exception, "KafkaException");

	if (!waits)
		wait = wait_begin(producer);
	producer_more(producer)->close_left_how = how;
	wait_close_end(&wait, closed ? WAIT_CLOSE_DONE : WAIT_CLOSE_FAILED, true,
		       closed && waits && how != FLUSH_LEFT_INTERRUPT);
	if (!closed)
		close_undo(producer);
}

/* ---- transactions ---- */

/* By account: commit or abort, after the application has called it and until the client has
 * ended the transaction (enum trace_transaction_call). */
static uint32_t ends_by[GUEST_PRODUCERS];
/* Calls of initTransactions() that began before their class was woven, and run the old code. */
static uint32_t old_inits;

void java_init_under_way(void)
{
	__atomic_fetch_add(&old_inits, 1, __ATOMIC_RELAXED);
}

static void call_ended(jni_env env, java_ref target, java_ref self,
		       enum trace_transaction_call call)
{
	struct account_producer *producer = java_account_self(env, target, self);

	if (producer)
		wait_transaction_called(producer, call, 0);
}

static void call_left(jni_env env, java_ref target, java_ref exception, java_ref self,
		      enum trace_transaction_call call)
{
	struct account_producer *producer = java_account_self(env, target, self);

	if (producer)
		wait_transaction_called(producer, call, java_error(env, exception));
}

void java_hook_init_ended(jni_env env, java_ref target, java_ref self)
{
	call_ended(env, target, self, TRANSACTION_INIT);
}

void java_hook_init_left(jni_env env, java_ref target, java_ref exception, java_ref self)
{
	call_left(env, target, exception, self, TRANSACTION_INIT);
}

void java_hook_begun(jni_env env, java_ref target, java_ref self)
{
	struct account_producer *producer = java_account_self(env, target, self);

	if (!producer)
		return;
	__atomic_store_n(&ends_by[producer_index(producer)], TRANSACTION_NONE,
			 __ATOMIC_RELEASE);
	wait_transaction_begun(producer);
}

void java_hook_begin_left(jni_env env, java_ref target, java_ref exception, java_ref self)
{
	call_left(env, target, exception, self, TRANSACTION_BEGIN);
}

void java_hook_offsets_ended(jni_env env, java_ref target, java_ref self)
{
	call_ended(env, target, self, TRANSACTION_SEND_OFFSETS);
}

/* Until 4.0 one overload calls the other: the same exception leaves both. */
void java_hook_offsets_left(jni_env env, java_ref target, java_ref exception, java_ref self)
{
	if (!java_account_is_recording() || jni_tag(exception))
		return;
	jni_tag_set(exception, 1);
	call_left(env, target, exception, self, TRANSACTION_SEND_OFFSETS);
}

/* NULL for a row that several producers share: it is not known whose transaction it was. */
static struct account_producer *manager_account(java_ref manager)
{
	struct account_producer *producer =
		java_account_is_recording() ? java_account(jni_tag(manager)) : NULL;

	return producer && !producer_is_shared(producer) ? producer : NULL;
}

/* An initTransactions() that runs the old code is going to throw: no transaction has begun, and
 * no call about one has returned since. */
static bool breaks_old_init(const struct account_producer *producer)
{
	uint32_t old = __atomic_load_n(&old_inits, __ATOMIC_RELAXED);

	return old && producer_more(producer)->transaction_call == TRANSACTION_NONE &&
	       __atomic_compare_exchange_n(&old_inits, &old, old - 1, false, __ATOMIC_RELAXED,
					   __ATOMIC_RELAXED);
}

void java_hook_broke(jni_env env, java_ref target, java_ref manager, java_ref exception)
{
	struct account_producer *producer = manager_account(manager);
	int32_t error = producer ? java_error(env, exception) : 0;

	(void)target;
	/* close() fails the transaction that it does not wait for with an exception without a
	 * code. */
	if (!producer || (producer->destroying && error == RD_KAFKA_RESP_ERR_UNKNOWN))
		return;
	if (!producer_more(producer)->fatal_error)
		producer_more(producer)->fatal_error = error;
	if (breaks_old_init(producer))
		wait_transaction_called(producer, TRANSACTION_INIT, error);
}

/* The broker has answered: the transaction has ended, also if the caller of commit or abort
 * does not wait any more. */
void java_hook_completed(jni_env env, java_ref target, java_ref manager)
{
	struct account_producer *producer = manager_account(manager);

	(void)env;
	(void)target;
	if (!producer)
		return;
	uint32_t by = __atomic_exchange_n(&ends_by[producer_index(producer)], TRANSACTION_NONE,
					  __ATOMIC_ACQ_REL);

	if (by != TRANSACTION_NONE)
		wait_transaction_over(producer,
				      by == TRANSACTION_COMMIT ? WAIT_COMMIT : WAIT_ABORT);
}

static void transaction_began_to_end(jni_env env, java_ref target, java_ref self,
				     enum wait_transaction which)
{
	struct account_producer *producer = java_account_self(env, target, self);
	struct wait wait = wait_transaction_end_begin(producer, which);

	if (!producer)
		return;
	thread_remember(&wait);
	__atomic_store_n(&ends_by[producer_index(producer)],
			 which == WAIT_COMMIT ? TRANSACTION_COMMIT : TRANSACTION_ABORT,
			 __ATOMIC_RELEASE);
}

/* `error` 0: it returned. */
static void transaction_ended(jni_env env, java_ref target, java_ref self,
			      enum wait_transaction which, int32_t error)
{
	struct account_producer *producer = java_account_self(env, target, self);

	if (!producer)
		return;
	struct wait wait = thread_recall(producer);

	wait_transaction_end(&wait, which, error);
}

void java_hook_commit_began(jni_env env, java_ref target, java_ref self)
{
	transaction_began_to_end(env, target, self, WAIT_COMMIT);
}

void java_hook_abort_began(jni_env env, java_ref target, java_ref self)
{
	transaction_began_to_end(env, target, self, WAIT_ABORT);
}

void java_hook_commit_ended(jni_env env, java_ref target, java_ref self)
{
	transaction_ended(env, target, self, WAIT_COMMIT, 0);
}

void java_hook_abort_ended(jni_env env, java_ref target, java_ref self)
{
	transaction_ended(env, target, self, WAIT_ABORT, 0);
}

void java_hook_commit_left(jni_env env, java_ref target, java_ref exception, java_ref self)
{
	transaction_ended(env, target, self, WAIT_COMMIT, java_error(env, exception));
}

void java_hook_abort_left(jni_env env, java_ref target, java_ref exception, java_ref self)
{
	transaction_ended(env, target, self, WAIT_ABORT, java_error(env, exception));
}
