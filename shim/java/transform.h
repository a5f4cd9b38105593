/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transform.h - the JVM gives our calls to the classes of a client.
 */
#ifndef UNFLUSHED_JAVA_TRANSFORM_H
#define UNFLUSHED_JAVA_TRANSFORM_H

#include "java/jvm/api.h"
#include "java/client.h"

/* Weaves the client's classes, all of them or none. */
bool java_transform(jni_env env, struct java_client *client, java_ref loader);

/* The JVM's ClassFileLoadHook: it is about to make a class of these bytes. */
java_class_file_fn java_transform_class_file;

#endif
