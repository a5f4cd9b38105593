/* SPDX-License-Identifier: Apache-2.0 */
/*
 * right.c - flushes until nothing is left, and checks that
 *
 * run: --broker-rtt 400
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
	int left;

	for (int order = 0; order < 100; order++)
		send_order(rk, order);
	rd_kafka_flush(rk, 60000);
	left = rd_kafka_outq_len(rk);
	if (left > 0)
		fprintf(stderr, "%d orders were not delivered\n", left);
	rd_kafka_destroy(rk);
	return left > 0;
}
/* --8<-- */
