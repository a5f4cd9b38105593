/* SPDX-License-Identifier: Apache-2.0 */
/*
 * error.h - what a Java exception is in librdkafka's numbers.
 */
#ifndef UNFLUSHED_JAVA_ERROR_H
#define UNFLUSHED_JAVA_ERROR_H

#include <stdint.h>

#include "java/jvm/api.h"

/* The rd_kafka_resp_err_t that stands for an exception, or for its cause if none stands for the
 * exception itself. */
int32_t java_error(jni_env env, java_ref exception);

#endif
