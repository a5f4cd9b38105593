/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wrong.c - returns from main with what it produced still in the queue
 *
 * raises: missing-flush
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

/* --8<-- */
int main(int argc, char **argv)
{
	rd_kafka_t *rk = make_producer(rd_kafka_conf_new(), argv[argc - 1]);

	for (int order = 0; order < 100; order++)
		send_order(rk, order);
	return 0; /* nothing waits: the orders are still in the queue */
}
/* --8<-- */
