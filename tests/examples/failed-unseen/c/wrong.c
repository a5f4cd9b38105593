/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wrong.c - asks for no delivery reports
 *
 * raises: failed-unseen
 * run: --broker-errors Produce=TOPIC_AUTHORIZATION_FAILED:1
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
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_t *rk = make_producer(conf, argv[argc - 1]);

	for (int order = 0; order < 100; order++)
		send_order(rk, order);
	rd_kafka_flush(rk, 60000); /* returns 0: what failed is not left */
	rd_kafka_destroy(rk);
	return 0;
}
/* --8<-- */
