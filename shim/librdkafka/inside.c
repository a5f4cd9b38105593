/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inside.c - see inside.h.
 */
#include "librdkafka/inside.h"

#include <errno.h>

#include "librdkafka/interceptors.h"

void *inside_real[INSIDE_COUNT];

typedef void message_fn(rd_kafka_t *rk, rd_kafka_message_t *message);
typedef void request_fn(rd_kafka_t *rk, int fd, const char *broker, int32_t broker_id,
			int16_t api, int16_t version, int32_t correlation, size_t bytes);
typedef void response_fn(rd_kafka_t *rk, int fd, const char *broker, int32_t broker_id,
			 int16_t api, int16_t version, int32_t correlation, size_t bytes,
			 int64_t took_us, rd_kafka_resp_err_t error);

#define INSIDE_REAL(id, type) ((type *)inside_real[INSIDE_##id])

/* NULL: not a producer, or one that is not recorded. */
static struct handle *counted(const rd_kafka_t *rk)
{
	struct handle *handle = handle_find(rk);

	return handle && handle->accounted ? handle : NULL;
}

static void inside_send(rd_kafka_t *rk, rd_kafka_message_t *message)
{
	INSIDE_REAL(SEND, message_fn)(rk, message);
	int error = errno;
	struct handle *handle = counted(rk);

	if (handle)
		intercept_send(rk, message, handle);
	errno = error;
}

static void inside_acknowledgement(rd_kafka_t *rk, rd_kafka_message_t *message)
{
	INSIDE_REAL(ACKNOWLEDGEMENT, message_fn)(rk, message);
	int error = errno;
	struct handle *handle = counted(rk);

	if (handle)
		intercept_acknowledgement(rk, message, handle);
	errno = error;
}

static void inside_request_sent(rd_kafka_t *rk, int fd, const char *broker, int32_t broker_id,
				int16_t api, int16_t version, int32_t correlation, size_t bytes)
{
	INSIDE_REAL(REQUEST_SENT, request_fn)
	(rk, fd, broker, broker_id, api, version, correlation, bytes);
	int error = errno;
	struct handle *handle = counted(rk);

	if (handle)
		intercept_request_sent(rk, fd, broker, broker_id, api, version, correlation,
				       bytes, handle);
	errno = error;
}

static void inside_response_received(rd_kafka_t *rk, int fd, const char *broker,
				     int32_t broker_id, int16_t api, int16_t version,
				     int32_t correlation, size_t bytes, int64_t took_us,
				     rd_kafka_resp_err_t failure)
{
	INSIDE_REAL(RESPONSE_RECEIVED, response_fn)
	(rk, fd, broker, broker_id, api, version, correlation, bytes, took_us, failure);
	int error = errno;
	struct handle *handle = counted(rk);

	if (handle)
		intercept_response_received(rk, fd, broker, broker_id, api, version,
					    correlation, bytes, took_us, failure, handle);
	errno = error;
}

const struct inside_function inside_functions[INSIDE_COUNT] = {
	[INSIDE_SEND] = {"rd_kafka_interceptors_on_send", (const void *)inside_send},
	[INSIDE_ACKNOWLEDGEMENT] = {"rd_kafka_interceptors_on_acknowledgement",
				    (const void *)inside_acknowledgement},
	[INSIDE_REQUEST_SENT] = {"rd_kafka_interceptors_on_request_sent",
				 (const void *)inside_request_sent},
	[INSIDE_RESPONSE_RECEIVED] = {"rd_kafka_interceptors_on_response_received",
				      (const void *)inside_response_received},
};

void inside_made(struct handle *handle, rd_kafka_t *rk)
{
	handle_is_of(handle, rk);
	handle->requests_seen = inside_real[INSIDE_REQUEST_SENT] != NULL;
	handle->answers_seen = inside_real[INSIDE_RESPONSE_RECEIVED] != NULL;
	handle_open(handle, 0);
	handle->accounted = true;
}
