/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jni.h - calls of the JVM that leave nothing behind: tags, local references, exceptions,
 * texts.
 *
 * The tags are those of the guest's own JVMTI environment, so other agents do not see them.
 */
#ifndef UNFLUSHED_JAVA_JVM_JNI_H
#define UNFLUSHED_JAVA_JVM_JNI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "java/jvm/api.h"

extern jvmti_env jni_jvmti; /* the guest's; NULL: it has none yet */

int64_t jni_tag(java_ref object); /* 0: none, or no object */
void jni_tag_set(java_ref object, int64_t tag);
/* Whether the JVM has sent VMDeath (JVMTI_PHASE_DEAD): JVMTI's functions fail from then on, and
 * no object has a tag. Its daemon threads run on until the process ends. */
bool jni_is_over(void);

/* Makes a frame for so many local references, to be ended by PopLocalFrame; false:
 * the JVM has no memory left, and no exception is pending. */
bool jni_push(jni_env env, int32_t references);

/* Frees memory that JVMTI has allocated; NULL is allowed. */
void jni_give(void *memory);

/* Clears an exception that the guest's own call into Java has thrown; true if there was one. */
bool jni_threw(jni_env env);

/* The text of a java.lang.String; "" for null, and for one that does not fit into `room`
 * bytes. The length without NUL. */
size_t jni_text(jni_env env, java_ref string, char *to, size_t room);

/* The last part of the name of an object's class: behind the package, or the outer class.
 * Its length; 0 and "" when there is no object or it does not fit into `room` bytes. */
size_t jni_class_name(jni_env env, java_ref object, char *name, size_t room);

/* Whether that name is `name`. */
bool jni_class_is(jni_env env, java_ref object, const char *name);

#endif
