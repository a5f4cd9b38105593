/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aiokafka_coroutines.h - aiokafka's coroutine functions, wrapped.
 */
#ifndef UNFLUSHED_PYTHON_AIOKAFKA_COROUTINES_H
#define UNFLUSHED_PYTHON_AIOKAFKA_COROUTINES_H

#include <stdbool.h>

/* aiokafka's coroutine functions, all of AIOKafkaProducer:
 *   id              name */
#define AIOKAFKA_COROUTINES(_)                                                                 \
	_(SEND, "send")                                                                        \
	_(SEND_AND_WAIT, "send_and_wait")                                                      \
	_(SEND_BATCH, "send_batch")                                                            \
	_(FLUSH, "flush")                                                                      \
	_(STOP, "stop")                                                                        \
	_(BEGIN, "begin_transaction")                                                          \
	_(COMMIT, "commit_transaction")                                                        \
	_(ABORT, "abort_transaction")

enum aiokafka_coroutine {
#define AIOKAFKA_ID(id, name) AIOKAFKA_##id,
	AIOKAFKA_COROUTINES(AIOKAFKA_ID)
#undef AIOKAFKA_ID
		AIOKAFKA_COROUTINE_COUNT,
};

/* Wraps all of them, or none: false, AIOKafkaProducer has another shape. */
bool aiokafka_coroutines_wrap(void);

void aiokafka_coroutines_unwrap(void);

#endif
