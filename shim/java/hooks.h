/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hooks.h - which methods of the client call which function of the guest, a row each.
 *
 * Each function is a native method, called inside a method of the client. It leaves no
 * exception pending and keeps no reference. What it must know of an object later it
 * stores as the object's JVMTI tag, not by thread: a virtual thread may continue on
 * another thread.
 */
#ifndef UNFLUSHED_JAVA_HOOKS_H
#define UNFLUSHED_JAVA_HOOKS_H

#include <stdint.h>

#include "java/jvm/api.h"
#include "java/weave/weave.h"

struct java_client; /* java/client.h */

/*
 * One row per method of the client; `operands` as java/weave/weave.h has it, which are
 * also the parameters of the function. Several rows of one name are the shapes
 * that a method has had: 2.8, then 3.0 and newer.
 */
/* Aligned by hand. */
/* clang-format off */
#define JAVA_HOOKS_NEEDED(_) \
	/*  function     class            method               shape        where    operands */ \
	_(sender_made,  "internals/Sender", "<init>",            "*",          RETURNS, "a0") \
	_(running,      "internals/Sender", "runOnce",           "()V",        ENTRY,   "a0") \
	_(accepted,     "internals/FutureRecordMetadata", "<init>", "(LIJIIL)V", ENTRY, "a1i5i6") \
	_(accepted,     "internals/FutureRecordMetadata", "<init>", \
	                "(LJJLIIL)V", ENTRY, "a1i7i8") \
	_(added,        "internals/IncompleteBatches",   "add",  "(L)V",       ENTRY,   "a0a1") \
	_(requested,    "internals/ProducerBatch",       "drained", "(J)V",    ENTRY,   "a0") \
	_(ending,       "internals/ProducerBatch",       "done", "(JJLL)Z",    ENTRY,   "a5") \
	_(ending,       "internals/ProducerBatch",       "done", "(JJL)Z",     ENTRY,   "a5") \
	_(aborting,     "internals/ProducerBatch", "abort",      "(L)V",       ENTRY,   "a1") \
	_(ended,        "internals/ProducerBatch", "completeFutureAndFireCallbacks", \
	                "(JJL)V", ENTRY, "a0") \
	_(given_up,     "internals/RecordAccumulator", "abortIncompleteBatches", \
	                "()V", ENTRY, "a0") \
	_(asked,        "internals/FutureRecordMetadata", "valueOrError", "()L", ENTRY, "a0") \
	_(refused,      "internals/ProducerInterceptors", "onSendError", \
	                "(LLL)V", ENTRY, "a0a1a3") \
	_(made,         "KafkaProducer", "<init>",               "*",          RETURNS, "a0") \
	_(sending,      "KafkaProducer", "doSend",               "(LL)L",      ENTRY,   "a0") \
	_(sent,         "KafkaProducer", "doSend",               "(LL)L",      RETURNS, "da0a1") \
	_(flush_began,  "KafkaProducer", "flush",                "()V",        ENTRY,   "a0") \
	_(flush_ended,  "KafkaProducer", "flush",                "()V",        RETURNS, "a0") \
	_(flush_left,   "KafkaProducer", "flush",                "()V",        LEFT,    "da0") \
	_(close_began,  "KafkaProducer", "close",                "(L)V",       ENTRY,   "a0a1") \
	_(close_ended,  "KafkaProducer", "close",                "(L)V",       RETURNS, "a0") \
	_(close_left,   "KafkaProducer", "close",                "(L)V",       LEFT,    "da0") \
	_(begun,        "KafkaProducer", "beginTransaction",     "()V",        RETURNS, "a0") \
	_(begin_left,   "KafkaProducer", "beginTransaction",     "()V",        LEFT,    "da0") \
	_(commit_began, "KafkaProducer", "commitTransaction",    "()V",        ENTRY,   "a0") \
	_(commit_ended, "KafkaProducer", "commitTransaction",    "()V",        RETURNS, "a0") \
	_(commit_left,  "KafkaProducer", "commitTransaction",    "()V",        LEFT,    "da0") \
	_(abort_began,  "KafkaProducer", "abortTransaction",     "()V",        ENTRY,   "a0") \
	_(abort_ended,  "KafkaProducer", "abortTransaction",     "()V",        RETURNS, "a0") \
	_(abort_left,   "KafkaProducer", "abortTransaction",     "()V",        LEFT,    "da0")
/* These see that the application waits for a record's future, and more of a transaction. A
 * client without one of these methods is counted all the same. completeTransaction is called
 * resetTransactionState from 4.0 on. */
#define JAVA_HOOKS_OPTIONAL(_) \
	_(get_began,    "internals/FutureRecordMetadata", "get", "()L",        ENTRY,   "a0") \
	_(get_began,    "internals/FutureRecordMetadata", "get", "(JL)L",      ENTRY,   "a0") \
	_(get_ended,    "internals/FutureRecordMetadata", "get", "()L",        RETURNS, "a0") \
	_(get_ended,    "internals/FutureRecordMetadata", "get", "(JL)L",      RETURNS, "a0") \
	_(get_left,     "internals/FutureRecordMetadata", "get", "()L",        LEFT,    "da0") \
	_(get_left,     "internals/FutureRecordMetadata", "get", "(JL)L",      LEFT,    "da0") \
	_(init_ended,   "KafkaProducer", "initTransactions",     "()V",        RETURNS, "a0") \
	_(init_left,    "KafkaProducer", "initTransactions",     "()V",        LEFT,    "da0") \
	_(offsets_ended, "KafkaProducer", "sendOffsetsToTransaction", \
	                "(LL)V", RETURNS, "a0") \
	_(offsets_left, "KafkaProducer", "sendOffsetsToTransaction", \
	                "(LL)V", LEFT, "da0") \
	_(completed,    "internals/TransactionManager", "completeTransaction", \
	                "()V", ENTRY, "a0") \
	_(completed,    "internals/TransactionManager", "resetTransactionState", \
	                "()V", ENTRY, "a0") \
	_(broke,        "internals/TransactionManager", "transitionToFatalError", \
	                "(L)V", ENTRY, "a0a1")
#define JAVA_HOOKS(_) JAVA_HOOKS_NEEDED(_) JAVA_HOOKS_OPTIONAL(_)
/* clang-format on */

enum {
	JAVA_HOOKS_NEEDED_COUNT = 0 /* the first of JAVA_HOOK_COUNT */
#define HOOK_ONE(...) +1
	JAVA_HOOKS_NEEDED(HOOK_ONE),
	JAVA_HOOK_COUNT = 0
#define HOOK_ONE(...) +1
	JAVA_HOOKS(HOOK_ONE)
#undef HOOK_ONE
};
extern const struct weave_hook java_hooks[JAVA_HOOK_COUNT];

/* By rows of JAVA_HOOKS; what comes behind the class is their operands. */
typedef void java_hook_one_fn(jni_env, java_ref, java_ref);
typedef void java_hook_two_fn(jni_env, java_ref, java_ref, java_ref);
typedef void java_hook_three_fn(jni_env, java_ref, java_ref, java_ref, java_ref);
void java_hook_accepted(jni_env env, java_ref target, java_ref result, int32_t key_bytes,
			int32_t value_bytes);
java_hook_one_fn java_hook_sender_made, java_hook_sending, java_hook_running,
	java_hook_requested, java_hook_ending, java_hook_aborting, java_hook_ended,
	java_hook_given_up, java_hook_asked, java_hook_made, java_hook_flush_began,
	java_hook_flush_ended, java_hook_close_ended, java_hook_begun, java_hook_commit_began,
	java_hook_commit_ended, java_hook_abort_began, java_hook_abort_ended,
	java_hook_init_ended, java_hook_offsets_ended, java_hook_completed;
java_hook_two_fn java_hook_added, java_hook_close_began, java_hook_broke, java_hook_flush_left,
	java_hook_close_left, java_hook_init_left, java_hook_begin_left, java_hook_offsets_left,
	java_hook_commit_left, java_hook_abort_left;
java_hook_three_fn java_hook_refused, java_hook_sent;
java_hook_one_fn java_hook_get_began, java_hook_get_ended;
java_hook_two_fn java_hook_get_left;

/* The send() that this thread is inside has put its record into a batch. An exception that it
 * throws after that is no refusal: the record stays in the batch, and its callback is called.
 */
extern __thread bool java_send_accepted __attribute__((tls_model("initial-exec")));

/* Calls of this client that were under way when its classes were woven run the old code to
 * their end: sends are counted as begun, once, and an initTransactions() is remembered. */
void java_sends_under_way(jni_env env, const struct java_client *client, java_ref loader);
void java_init_under_way(void);

/* Whether every function of JAVA_HOOKS_NEEDED is woven in, in one of its shapes; bit n of
 * `woven` stands for row n. */
bool java_hooks_are_whole(uint64_t woven);

/* Registers the native methods of the guest's class `target`. False: the JVM refuses. */
bool java_hooks_register(jni_env env, java_ref target);

#endif
