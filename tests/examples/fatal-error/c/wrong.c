/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wrong.c - goes on with a producer that has stopped for good
 *
 * raises: fatal-error
 * run: --broker-errors Produce=OUT_OF_ORDER_SEQUENCE_NUMBER
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
	rd_kafka_conf_t *conf = rd_kafka_conf_new();

	set_option(conf, "enable.idempotence", "true");
	/* --8<-- */
	rd_kafka_t *rk = make_producer(conf, argv[argc - 1]);
	for (int order = 0; order < 100; order++) {
		send_order(rk, order); /* after a fatal error each is refused */
		rd_kafka_flush(rk, 60000);
	}
	rd_kafka_destroy(rk);
	/* --8<-- */
	return 0;
}
