/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wrong.c - destroys the producer with what it holds
 *
 * raises: destroy-without-flush
 * run: --broker-rtt 1000
 * links: rdkafka
 */
#include "../../example.h"

static void send_order(rd_kafka_t *rk, int order)
{
	rd_kafka_resp_err_t error = rd_kafka_producev(
		rk, RD_KAFKA_V_TOPIC("orders"), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
		RD_KAFKA_V_VALUE(&order, sizeof(order)), RD_KAFKA_V_END);

	if (error)
		fprintf(stderr, "order %d: %s\n", order, rd_kafka_err2str(error));
}

int main(int argc, char **argv)
{
	rd_kafka_t *rk = make_producer(rd_kafka_conf_new(), argv[argc - 1]);

	/* --8<-- */
	for (int order = 0; order < 100; order++)
		send_order(rk, order);
	rd_kafka_destroy(rk); /* does not wait: what is left is dropped */
	/* --8<-- */
	return 0;
}
