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

#endif
