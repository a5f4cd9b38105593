/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.h - how a record that was refused is known again.
 */
#ifndef UNFLUSHED_JAVA_RECORD_H
#define UNFLUSHED_JAVA_RECORD_H

#include <stdint.h>

#include "account/refused.h"
#include "java/jvm/api.h"
#include "java/client.h"

/* To know a record again that is offered once more. */
struct refused_mark java_record_mark(jni_env env, const struct java_client *client,
				     java_ref record);

/* It was accepted: it may have been refused before. */
void java_record_accepted(jni_env env, const struct java_client *client,
			  struct account_producer *producer, java_ref record);

/* Bytes of its key plus value, where they are arrays or texts; else 0. */
uint64_t java_record_bytes(jni_env env, const struct java_client *client, java_ref record);

#endif
