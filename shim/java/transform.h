/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transform.h - the JVM gives our calls to the classes of a client.
 */
#ifndef UNFLUSHED_JAVA_TRANSFORM_H
#define UNFLUSHED_JAVA_TRANSFORM_H

#include "java/api.h"
#include "java/client.h"

/* Weaves the client's classes, all of them or none. */
bool probe_jvm_weave(jni_env env, struct probe_jvm_client *client, java_ref loader);

/* The JVM's ClassFileLoadHook: it is about to make a class of these bytes. */
java_class_file_fn probe_jvm_class_file_seen;

#endif
