/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confluent.h - confluent-kafka's AIOProducer.
 */
#ifndef UNFLUSHED_PYTHON_CONFLUENT_H
#define UNFLUSHED_PYTHON_CONFLUENT_H

#include <stdbool.h>

/* Whether the Python code that runs is AIOProducer's constructor, about to make its producer.
 * With the interpreter's lock. */
bool confluent_is_making(void);

/* The account of a librdkafka handle, opened at need; NULL: it is none that is counted. */
typedef struct account_producer *account_of_handle_fn(const void *rk);

/* How to find it; set when the first producer is made. */
extern account_of_handle_fn *confluent_account_of_handle;

#endif
