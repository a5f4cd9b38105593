/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_delivery.h - librdkafka's interceptors and delivery reports.
 */
#ifndef UNFLUSHED_ON_DELIVERY_H
#define UNFLUSHED_ON_DELIVERY_H

#include "account/producers.h"

/*
 * Puts the guest into a configuration that is about to become a producer:
 * on_new, and our delivery report callbacks in place of the host's own,
 * which ours call. False if librdkafka would not have it.
 */
bool delivery_attach(struct handle *handle, rd_kafka_conf_t *conf);

/* The handle that on_new is to use, in the thread that calls rd_kafka_new. */
extern __thread struct handle *delivery_pending __attribute__((tls_model("initial-exec")));

#endif
