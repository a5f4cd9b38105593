/* SPDX-License-Identifier: Apache-2.0 */
/*
 * many_headers.c - a variadic call with 400 headers, and one whose last field
 * is of a kind that librdkafka does not know; says what came of both, and how
 * many headers the message had in its delivery report.
 *
 * many_headers [BOOTSTRAP]
 * links: rdkafka
 */
#include "host.h"
#include <errno.h>
#include <string.h>

#define HEADER RD_KAFKA_V_HEADER("name", value, (ssize_t)sizeof(value))
#define HEADERS_10                                                                             \
	HEADER, HEADER, HEADER, HEADER, HEADER, HEADER, HEADER, HEADER, HEADER, HEADER
#define HEADERS_100                                                                            \
	HEADERS_10, HEADERS_10, HEADERS_10, HEADERS_10, HEADERS_10, HEADERS_10, HEADERS_10,    \
		HEADERS_10, HEADERS_10, HEADERS_10
#define HEADERS_400 HEADERS_100, HEADERS_100, HEADERS_100, HEADERS_100

static const char value[] = "value";

static void reported(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	rd_kafka_headers_t *headers = NULL;

	(void)rk, (void)opaque;
	rd_kafka_message_headers(message, &headers);
	printf("delivered: %s, %zu headers, %.*s, %d\n", rd_kafka_err2name(message->err),
	       headers ? rd_kafka_header_cnt(headers) : 0, (int)message->len,
	       (const char *)message->payload, message->_private == value);
}

int main(int argc, char **argv)
{
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));

	rd_kafka_conf_set_dr_msg_cb(conf, reported);
	rd_kafka_t *rk = host_producer(conf);

	errno = 4711;
	rd_kafka_resp_err_t error = rd_kafka_producev(
		rk, RD_KAFKA_V_TOPIC(HOST_TOPIC), RD_KAFKA_V_PARTITION(1), HEADERS_400,
		RD_KAFKA_V_VALUE("order", 5), RD_KAFKA_V_OPAQUE((void *)value),
		RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_TIMESTAMP(1700000000000),
		RD_KAFKA_V_END);

	printf("produced: %s, errno %d\n", rd_kafka_err2name(error), errno);
	printf("unknown kind: %s\n", rd_kafka_err2name(rd_kafka_producev(
					     rk, RD_KAFKA_V_TOPIC(HOST_TOPIC), HEADERS_400,
					     RD_KAFKA_V_VALUE("order", 5), 4711)));
	printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
	rd_kafka_destroy(rk);
	return 0;
}
