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

/* Returns the account of an rd_kafka_t, opened at need; NULL: its messages are not counted. */
typedef struct account_producer *account_of_handle_fn(const void *rk);

/* The function of librdkafka/ that does so; set when the first producer is made. */
extern account_of_handle_fn *confluent_account_of_handle;

#endif
