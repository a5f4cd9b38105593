/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_request.c - requests that librdkafka has sent, and their answers.
 *
 * Sets the producer of each connection, and counts Produce requests that were sent
 * and answered. Runs on librdkafka's broker threads.
 */
#include "librdkafka/interceptors.h"

#include <string.h>

#include "format/kafka_api.h"
#include "librdkafka/state.h"
#include "socket/fdtable.h"
#include "socket/frames.h"
#include "trace/large_thread.h"
#include "trace/record.h"
#include "trace/socket_row.h"
#include "trace/writer.h"

static void socket_link(int fd, uint32_t producer, const char *broker)
{
	struct trace_socket *row = fdtable_row(fd);

	/* The thread that writes may have been known before (owners.h). */
	if (!row || (row->producer == producer + 1 && row->broker))
		return;
	row->producer = producer + 1;
	socket_row_set(row, SOCKET_KAFKA);
	row->broker = writer_string(broker, strlen(broker));
}

/* Called on the thread that has written the request: no other write of this connection is under
 * way. */
static void socket_told(int fd)
{
	const struct trace_socket *row = fdtable_row(fd);

	if (!row)
		return;
	struct trace_socket_told *told = socket_row_told(row);
	uint64_t accepted_bytes =
		row->accepted_bytes + socket_row_more(row)->others_accepted_bytes;

	__atomic_store_n(&told->accepted_bytes, accepted_bytes, __ATOMIC_RELEASE);
	writer_add(&told->requests, 1);
}

/* Whether the client was let in: before that it only sends ApiVersions and authentication. */
static void socket_entrance(int fd, int16_t api)
{
	struct trace_socket *row = fdtable_row(fd);

	if (!row || api == KAFKA_API_VERSIONS)
		return;
	if (api == KAFKA_API_SASL_HANDSHAKE || api == KAFKA_API_SASL_AUTHENTICATE)
		frames_authenticates(row);
	else
		frames_let_in(row);
}

/* The kernel (or OpenSSL) has taken the last byte of a request. */
rd_kafka_resp_err_t intercept_request_sent(rd_kafka_t *rk, int sockfd, const char *broker,
					   int32_t broker_id, int16_t api, int16_t version,
					   int32_t correlation, size_t bytes, void *opaque)
{
	(void)rk, (void)broker_id, (void)version, (void)correlation;
	if (!record_ready())
		return RD_KAFKA_RESP_ERR_NO_ERROR;
	struct account_producer *producer = handle_account(opaque);
	struct trace_producer *row = producer_row(producer);
	struct guest_thread *self = guest_this_thread();
	bool outermost = guest_enter_anyhow(self);

	socket_link(sockfd, producer_index(producer), broker);
	socket_entrance(sockfd, api);
	if (api == KAFKA_API_PRODUCE) {
		writer_add_shared(&row->requests_sent, 1);
		writer_add_shared(&row->requests_bytes, bytes);
		if (row->acks == 0)
			large_request_told(0);
	}
	/* After the counts: if the process is killed in between, readers see that one request
	 * may be uncounted. */
	socket_told(sockfd);
	writer_event(EVENT_REQUEST_SENT, producer_index(producer), api, (int64_t)bytes);
	guest_leave_anyhow(self, outermost);
	return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t intercept_response_received(rd_kafka_t *rk, int sockfd, const char *broker,
						int32_t broker_id, int16_t api, int16_t version,
						int32_t correlation, size_t bytes,
						int64_t took_us, rd_kafka_resp_err_t error,
						void *opaque)
{
	/* librdkafka passes -1 for the socket. */
	(void)rk, (void)sockfd, (void)broker, (void)broker_id, (void)version;
	(void)correlation, (void)bytes;
	if (!record_ready())
		return RD_KAFKA_RESP_ERR_NO_ERROR;
	struct account_producer *producer = handle_account(opaque);
	struct guest_thread *self = guest_this_thread();
	bool outermost = guest_enter_anyhow(self);

	/* The messages of this answer are acknowledged next, on this thread; with acks=0, too,
	 * where librdkafka makes up the answer. */
	librdkafka_thread.ack_goes_on = false;
	/* Also called with an error for requests that got no answer. */
	if (api == KAFKA_API_PRODUCE && !error)
		writer_add_shared(&producer_row(producer)->requests_answered, 1);
	if (api == KAFKA_API_PRODUCE && !error)
		large_request_told(took_us);
	writer_event(EVENT_RESPONSE, producer_index(producer), api, took_us);
	guest_leave_anyhow(self, outermost);
	return RD_KAFKA_RESP_ERR_NO_ERROR;
}
