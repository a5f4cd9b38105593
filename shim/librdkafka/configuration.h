/* SPDX-License-Identifier: Apache-2.0 */
/*
 * configuration.h - what a producer of librdkafka was configured to do.
 *
 * Read from the rd_kafka_conf_t that is about to become a producer. Secrets
 * are never asked for.
 */
#ifndef UNFLUSHED_LIBRDKAFKA_CONFIGURATION_H
#define UNFLUSHED_LIBRDKAFKA_CONFIGURATION_H

#include "librdkafka/handles.h"

/* A property that is set and not empty, as text; false if it is not. */
bool configuration_text(const struct copy *copy, const rd_kafka_conf_t *conf, const char *name,
			char *text, size_t room);

/* Fills in the handle's flags (enum trace_producer_flag) and acks. */
void configuration_flags(struct handle *handle, const rd_kafka_conf_t *conf);

/* The properties that explain an outcome, as "key=value" lines. */
trace_string configuration_write(const struct copy *copy, const rd_kafka_conf_t *conf);

/* A text that an earlier producer may have in the same column (an offset in
 * struct trace_producer) already. */
trace_string configuration_string_once(const char *text, size_t bytes, size_t column);

#endif
