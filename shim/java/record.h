/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.h - how a record that was refused is known again.
 */
#ifndef UNFLUSHED_JAVA_RECORD_H
#define UNFLUSHED_JAVA_RECORD_H

#include <stdint.h>

#include "java/api.h"
#include "java/client.h"

/* To know a record again that is offered once more. */
uint64_t java_record_print(jni_env env, const struct java_client *client, java_ref record);

/* Bytes of its key plus value, where they are arrays or texts; else 0. */
uint64_t java_record_bytes(jni_env env, const struct java_client *client, java_ref record);

#endif
