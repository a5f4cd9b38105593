/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transform.h - lets the JVM replace a client's classes by ones that call the guest (JVMTI).
 */
#ifndef UNFLUSHED_JAVA_TRANSFORM_H
#define UNFLUSHED_JAVA_TRANSFORM_H

#include "java/jvm/api.h"
#include "java/client.h"

/* Weaves the client's classes, all of them or none. */
bool java_transform(jni_env env, struct java_client *client, java_ref loader);

/* The ClassFileLoadHook of JVMTI, called before the JVM makes a class of these bytes. */
java_class_file_fn java_transform_class_file;

#endif
