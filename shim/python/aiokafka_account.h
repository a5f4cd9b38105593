/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aiokafka_account.h - the account of an AIOKafkaProducer, and the application's line that
 * produces.
 */
#ifndef UNFLUSHED_PYTHON_AIOKAFKA_ACCOUNT_H
#define UNFLUSHED_PYTHON_AIOKAFKA_ACCOUNT_H

#include <stdint.h>

#include "cpython/api.h"
#include "guest/state.h"

/* The account of an AIOKafkaProducer, opened at need. */
struct account_producer *aiokafka_account(object *producer);
/* The one whose MessageAccumulator this is; NULL: not known. */
struct account_producer *aiokafka_account_by_accumulator(const object *accumulator);

/* Code objects of the functions between the application's line and a batch; the first is the
 * guest's own wrapper. The references are never given back. */
#define AIOKAFKA_OWN_CODES 6
extern object *aiokafka_own_codes[AIOKAFKA_OWN_CODES];

/* The line of the application that produces now; 0 unknown. */
uint32_t aiokafka_site(const void *caller, const void *frame);

#endif
