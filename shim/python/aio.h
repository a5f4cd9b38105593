/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aio.h - shared by what stands in for aiokafka's own, and by
 * nobody else.
 */
#ifndef UNFLUSHED_PROBE_PYTHON_AIO_H
#define UNFLUSHED_PROBE_PYTHON_AIO_H

#include "python/call.h"

/* aiokafka's coroutine functions, all of AIOKafkaProducer:
 *   id              name */
#define AIO_COROUTINES(_) \
	_(SEND,          "send") \
	_(SEND_AND_WAIT, "send_and_wait") \
	_(SEND_BATCH,    "send_batch") \
	_(FLUSH,         "flush") \
	_(STOP,          "stop") \
	_(BEGIN,         "begin_transaction") \
	_(COMMIT,        "commit_transaction") \
	_(ABORT,         "abort_transaction")

enum aio_coroutine {
#define AIO_ID(id, name) AIO_##id,
	AIO_COROUTINES(AIO_ID)
#undef AIO_ID
	AIO_COROUTINE_COUNT,
};

/* The account of an AIOKafkaProducer, opened at need. */
struct guest_producer *aio_account(object *producer);
/* The one whose MessageAccumulator this is; NULL: not known. */
struct guest_producer *aio_account_by_accumulator(const object *accumulator);

/* Whether this is the code of one of the client's own functions on the way from
 * the application's line to a batch; `ours`: of the one we put there. */
bool aio_code_is_own(object *code, bool *ours);

/* The line of the application that produces now; 0 unknown. */
uint32_t aio_site(const void *caller, const void *frame);

#endif
