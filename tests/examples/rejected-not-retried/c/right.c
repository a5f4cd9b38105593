/* SPDX-License-Identifier: Apache-2.0 */
/*
 * right.c - waits for room, and produces again
 *
 * run: --broker-rtt 100
 * links: rdkafka
 */
#include "../../example.h"

/* --8<-- */
static void send_order(rd_kafka_t *rk, int order)
{
	rd_kafka_resp_err_t error;

	while ((error = rd_kafka_producev(rk, RD_KAFKA_V_TOPIC("orders"),
					  RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
					  RD_KAFKA_V_VALUE(&order, sizeof(order)),
					  RD_KAFKA_V_END)) == RD_KAFKA_RESP_ERR__QUEUE_FULL)
		rd_kafka_poll(rk, 100); /* serves reports, and so makes room */
	if (error)
		fprintf(stderr, "order %d: %s\n", order, rd_kafka_err2str(error));
}
/* --8<-- */

int main(int argc, char **argv)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();

	set_option(conf, "queue.buffering.max.messages", "10");
	rd_kafka_t *rk = make_producer(conf, argv[argc - 1]);
	for (int order = 0; order < 30; order++)
		send_order(rk, order);
	if (rd_kafka_flush(rk, 60000))
		fprintf(stderr, "%d orders were not delivered\n", rd_kafka_outq_len(rk));
	rd_kafka_destroy(rk);
	return 0;
}
