/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jni.h - manners in a JVM: tags, local references, exceptions, texts.
 *
 * The tags are those of our own JVMTI environment, so nobody else sees them.
 */
#ifndef UNFLUSHED_JAVA_JVM_JNI_H
#define UNFLUSHED_JAVA_JVM_JNI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "java/jvm/api.h"

extern jvmti_env jni_jvmti; /* NULL: not in */

int64_t jni_tag(java_ref object); /* 0: none, or no object */
void jni_tag_set(java_ref object, int64_t tag);
/* The JVM has told all agents that it ends, and answers none of them any more: no object has a
 * tag. Its daemon threads go on until the process ends. */
bool jni_is_over(void);

/* A frame for so many local references, to be ended by PopLocalFrame; false:
 * the JVM has no memory left, and nothing is pending. */
bool jni_push(jni_env env, int32_t references);

/* Gives back what the JVM has allocated; NULL is nothing. */
void jni_give(void *memory);

/* Clears what a call of ours into Java has thrown; true if it had. */
bool jni_threw(jni_env env);

/* The text of a java.lang.String; "" for null, and for one that does not fit into `room`
 * bytes. The length without NUL. */
size_t jni_text(jni_env env, java_ref string, char *to, size_t room);

/* The last part of the name of an object's class: behind the package, or the outer class.
 * Its length; 0 and "" when there is no object or it does not fit into `room` bytes. */
size_t jni_class_name(jni_env env, java_ref object, char *name, size_t room);

/* Whether it is this one. */
bool jni_class_is(jni_env env, java_ref object, const char *name);

#endif
