/* SPDX-License-Identifier: Apache-2.0 */
/*
 * error.h - what a Java exception is in librdkafka's numbers.
 */
#ifndef UNFLUSHED_JAVA_ERROR_H
#define UNFLUSHED_JAVA_ERROR_H

#include <stdint.h>

#include "java/jvm/api.h"

/* What an exception is in librdkafka's numbers, or its cause if it is nothing itself. */
int32_t java_error(jni_env env, java_ref exception);

#endif
