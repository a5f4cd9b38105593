/* SPDX-License-Identifier: Apache-2.0 */
/*
 * interceptors.h - the guest's interceptors (rd_kafka_conf_interceptor_add_*), and how they are
 * added to a producer.
 */
#ifndef UNFLUSHED_LIBRDKAFKA_INTERCEPTORS_H
#define UNFLUSHED_LIBRDKAFKA_INTERCEPTORS_H

#include "librdkafka/handles.h"

/*
 * Adds to a configuration that is about to become a producer: the on_new
 * interceptor, and the guest's delivery report callbacks in place of the host's
 * own, which they call. False if librdkafka refused.
 */
bool interceptors_attach(struct handle *handle, rd_kafka_conf_t *conf);

/* The handle that on_new is to use, in the thread that calls rd_kafka_new. */
extern __thread struct handle *interceptors_pending __attribute__((tls_model("initial-exec")));

/* A message was accepted, and is done: on_delivery.c. The opaque is its handle. */
rd_kafka_resp_err_t intercept_send(rd_kafka_t *rk, rd_kafka_message_t *message, void *opaque);
rd_kafka_resp_err_t intercept_acknowledgement(rd_kafka_t *rk, rd_kafka_message_t *message,
					      void *opaque);

/* A request was written, and is answered: on_request.c. */
rd_kafka_resp_err_t intercept_request_sent(rd_kafka_t *rk, int sockfd, const char *broker,
					   int32_t broker_id, int16_t api, int16_t version,
					   int32_t correlation, size_t bytes, void *opaque);
rd_kafka_resp_err_t intercept_response_received(rd_kafka_t *rk, int sockfd, const char *broker,
						int32_t broker_id, int16_t api, int16_t version,
						int32_t correlation, size_t bytes,
						int64_t took_us, rd_kafka_resp_err_t error,
						void *opaque);

#endif
