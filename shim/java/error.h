/* SPDX-License-Identifier: Apache-2.0 */
/*
 * error.h - what a Java exception is in librdkafka's numbers, and how a record
 * that was refused is known again.
 */
#ifndef UNFLUSHED_JAVA_ERROR_H
#define UNFLUSHED_JAVA_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#include "java/api.h"
#include "java/client.h"

/* What an exception is in librdkafka's numbers. */
int32_t probe_jvm_error(jni_env env, java_ref exception);
bool probe_jvm_class_is(jni_env env, java_ref object, const char *name); /* without package */
/* To know a record again that is offered once more. */
uint64_t probe_jvm_fingerprint(jni_env env, const struct probe_jvm_client *client, java_ref record);

#endif
