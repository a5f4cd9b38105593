/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hooks.h - which methods of the client get which call of ours, a row each.
 */
#ifndef UNFLUSHED_JAVA_HOOKS_H
#define UNFLUSHED_JAVA_HOOKS_H

#include "java/weave/weave.h"

/*
 * One row per method of the client; `operands` as java/weave/weave.h has it, which are
 * also the parameters of the function. Several rows of one name are the shapes
 * that a method has had: 2.8, then 3.0 and newer.
 */
#define JAVA_HOOKS(_) \
	/*  function     class            method               shape        where    operands */ \
	_(running,      "internals/Sender", "runOnce",           "()V",        ENTRY,   "a0") \
	_(accepted,     "internals/FutureRecordMetadata", "<init>", "(LIJIIL)V", ENTRY, "a1i5i6") \
	_(accepted,     "internals/FutureRecordMetadata", "<init>", \
	                "(LJJLIIL)V", ENTRY, "a1i7i8") \
	_(added,        "internals/IncompleteBatches",   "add",  "(L)V",       ENTRY,   "a0a1") \
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
	_(sent,         "KafkaProducer", "doSend",               "(LL)L",      RETURNS, "da0a1") \
	_(flush_began,  "KafkaProducer", "flush",                "()V",        ENTRY,   "a0") \
	_(flush_ended,  "KafkaProducer", "flush",                "()V",        RETURNS, "a0") \
	_(close_began,  "KafkaProducer", "close",                "(L)V",       ENTRY,   "a0a1") \
	_(close_ended,  "KafkaProducer", "close",                "(L)V",       RETURNS, "a0") \
	_(begun,        "KafkaProducer", "beginTransaction",     "()V",        RETURNS, "a0") \
	_(commit_began, "KafkaProducer", "commitTransaction",    "()V",        ENTRY,   "a0") \
	_(commit_ended, "KafkaProducer", "commitTransaction",    "()V",        RETURNS, "a0") \
	_(abort_began,  "KafkaProducer", "abortTransaction",     "()V",        ENTRY,   "a0") \
	_(abort_ended,  "KafkaProducer", "abortTransaction",     "()V",        RETURNS, "a0")

enum { JAVA_HOOK_COUNT = 0
#define HOOK_ONE(...) +1
       JAVA_HOOKS(HOOK_ONE)
#undef HOOK_ONE
};
extern const struct weave_hook java_hooks[JAVA_HOOK_COUNT];

#endif
