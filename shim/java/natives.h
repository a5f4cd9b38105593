/* SPDX-License-Identifier: Apache-2.0 */
/*
 * natives.h - the functions that are woven into the Java client.
 *
 * Each is a native method, called in the middle of the client's own. It leaves
 * no exception pending and keeps no reference; what it has to know of an object
 * later on it ties to the object itself, as a JVMTI tag: threads are no place
 * for it, for a virtual thread may go on in another one.
 */
#ifndef UNFLUSHED_JAVA_NATIVES_H
#define UNFLUSHED_JAVA_NATIVES_H

#include <stdbool.h>
#include <stdint.h>

#include "java/api.h"

/* Gives the class of our functions its functions; false: the JVM does not take them. */
bool probe_jvm_register(jni_env env, java_ref target);

/* By rows of PROBE_JVM_HOOKS; what comes behind the class is their operands. */
typedef void probe_jvm_one_fn(jni_env, java_ref, java_ref);
typedef void probe_jvm_two_fn(jni_env, java_ref, java_ref, java_ref);
typedef void probe_jvm_three_fn(jni_env, java_ref, java_ref, java_ref, java_ref);
void probe_jvm_call_accepted(jni_env env, java_ref target, java_ref result, int32_t key_bytes,
			     int32_t value_bytes);
probe_jvm_one_fn probe_jvm_call_running, probe_jvm_call_ending, probe_jvm_call_aborting,
	probe_jvm_call_ended, probe_jvm_call_given_up, probe_jvm_call_asked, probe_jvm_call_made,
	probe_jvm_call_flush_began, probe_jvm_call_flush_ended, probe_jvm_call_close_ended,
	probe_jvm_call_begun, probe_jvm_call_commit_began, probe_jvm_call_commit_ended,
	probe_jvm_call_abort_began, probe_jvm_call_abort_ended;
probe_jvm_two_fn probe_jvm_call_added, probe_jvm_call_close_began;
probe_jvm_three_fn probe_jvm_call_refused, probe_jvm_call_sent;

#endif
