/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.h - recognises a refused record when it is sent again.
 */
#ifndef UNFLUSHED_JAVA_RECORD_H
#define UNFLUSHED_JAVA_RECORD_H

#include <stdint.h>

#include "account/refused.h"
#include "java/jvm/api.h"
#include "java/client.h"

/* The mark by which a record is recognised when it is sent again (account/refused.h). */
struct refused_mark java_record_mark(jni_env env, const struct java_client *client,
				     java_ref record);

/* The record was accepted: if it had been refused before, that is counted as retried. */
void java_record_accepted(jni_env env, const struct java_client *client,
			  struct account_producer *producer, java_ref record);

/* Bytes of its key plus value, where they are arrays or texts; else 0. */
uint64_t java_record_bytes(jni_env env, const struct java_client *client, java_ref record);

#endif
