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
bool java_natives_register(jni_env env, java_ref target);

/* By rows of JAVA_HOOKS; what comes behind the class is their operands. */
typedef void java_native_one_fn(jni_env, java_ref, java_ref);
typedef void java_native_two_fn(jni_env, java_ref, java_ref, java_ref);
typedef void java_native_three_fn(jni_env, java_ref, java_ref, java_ref, java_ref);
void java_native_accepted(jni_env env, java_ref target, java_ref result, int32_t key_bytes,
			  int32_t value_bytes);
java_native_one_fn java_native_running, java_native_ending, java_native_aborting,
	java_native_ended, java_native_given_up, java_native_asked, java_native_made,
	java_native_flush_began, java_native_flush_ended, java_native_close_ended,
	java_native_begun, java_native_commit_began, java_native_commit_ended,
	java_native_abort_began, java_native_abort_ended;
java_native_two_fn java_native_added, java_native_close_began;
java_native_three_fn java_native_refused, java_native_sent;

#endif
