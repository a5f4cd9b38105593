/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unsafe_conf.h - configurations that our interceptor has made dangerous.
 *
 * Below librdkafka 2.13, when rd_kafka_new fails after an interceptor was
 * added to the configuration, the configuration that goes back to the host
 * holds lists that are freed already (librdkafka #4142, #5240): to destroy it
 * or to try again with it is a crash that the host does not have without us
 * (stories: bad_conf, bad_confs, retries_conf).
 *
 * So a copy is made before we touch the configuration. When rd_kafka_new
 * fails, the host's own is never handed to librdkafka again: its destroy is
 * swallowed, and a new try gets the copy, with what the host has changed
 * since.
 */
#ifndef UNFLUSHED_LIBRDKAFKA_UNSAFE_CONF_H
#define UNFLUSHED_LIBRDKAFKA_UNSAFE_CONF_H

#include <stdbool.h>

#include "calls/resolve.h"

/* True for a version of librdkafka that leaves freed lists in the configuration. */
bool unsafe_conf_happens(const struct copy *copy);

/* True when no more configurations can be remembered: then no interceptor may be added. */
bool unsafe_conf_is_full(const struct copy *copy);

/* A copy of a configuration that no interceptor was added to; NULL if none is needed. Owned by
 * the caller until it gives it to one of the next two. */
rd_kafka_conf_t *unsafe_conf_backup(const struct copy *copy, const rd_kafka_conf_t *conf);
void unsafe_conf_add(const struct copy *copy, rd_kafka_conf_t *conf, rd_kafka_conf_t *backup);

/* Destroys those that are not NULL. */
void unsafe_conf_free(const struct copy *copy, rd_kafka_conf_t *conf, rd_kafka_conf_t *backup);

bool unsafe_conf_is(const rd_kafka_conf_t *conf);

/* What to try again with: the caller's. The same as `conf` if there is no copy
 * of it, which is what the host would have done without us. */
rd_kafka_conf_t *unsafe_conf_replacement(const struct copy *copy, rd_kafka_conf_t *conf);

#endif
