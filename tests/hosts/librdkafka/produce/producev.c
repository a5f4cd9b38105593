/* SPDX-License-Identifier: Apache-2.0 */
/*
 * producev.c - the variadic call and its array twin, with every kind of field.
 *
 * producev [BOOTSTRAP [COUNT [flush]]]
 * links: rdkafka
 */
#include "host.h"
#include <string.h>

static rd_kafka_resp_err_t send_variadic(rd_kafka_t *rk, int number)
{
	return rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(HOST_TOPIC), RD_KAFKA_V_KEY("key", 3),
				 RD_KAFKA_V_VALUE(&number, sizeof(number)),
				 RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
				 RD_KAFKA_V_HEADER("trace", "1234", 4), RD_KAFKA_V_TIMESTAMP(0),
				 RD_KAFKA_V_OPAQUE(NULL), RD_KAFKA_V_END);
}

static rd_kafka_error_t *send_array(rd_kafka_t *rk, int number)
{
	rd_kafka_vu_t fields[3];

	memset(fields, 0, sizeof(fields));
	fields[0].vtype = RD_KAFKA_VTYPE_TOPIC;
	fields[0].u.cstr = HOST_TOPIC;
	fields[1].vtype = RD_KAFKA_VTYPE_VALUE;
	fields[1].u.mem.ptr = &number;
	fields[1].u.mem.size = sizeof(number);
	fields[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
	fields[2].u.i = RD_KAFKA_MSG_F_COPY;
	return rd_kafka_produceva(rk, fields, 3);
}

int main(int argc, char **argv)
{
	int count = host_number(argc, argv, 2, 100);
	rd_kafka_t *rk = host_producer(host_conf(host_bootstrap(argc, argv)));
	rd_kafka_error_t *error;

	for (int i = 0; i < count; i++)
		if (send_variadic(rk, i))
			fprintf(stderr, "refused\n");
	for (int i = 0; i < count; i++)
		if ((error = send_array(rk, i)) != NULL)
			fprintf(stderr, "refused: %s\n", rd_kafka_error_string(error));
	printf("bad field: %s\n", rd_kafka_err2name(rd_kafka_producev(
					  rk, RD_KAFKA_V_VALUE("x", 1), RD_KAFKA_V_END)));
	if (argc > 3 && strcmp(argv[3], "flush") == 0)
		printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
	rd_kafka_destroy(rk);
	return 0;
}
