/* SPDX-License-Identifier: Apache-2.0 */
/*
 * right.c - takes the delivery reports, and produces again what failed
 *
 * run: --broker-rtt 1
 * links: rdkafka
 */
#include "../../example.h"

static void send_order(rd_kafka_t *rk, int order);

/* --8<-- */
static int unsent[1000], unsent_count;

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk;
	(void)opaque;
	if (message->err)
		unsent[unsent_count++] = *(const int *)message->payload;
}

int main(int argc, char **argv)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();

	rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
	rd_kafka_t *rk = make_producer(conf, argv[argc - 1]);
	for (int order = 0; order < 100; order++)
		send_order(rk, order);
	rd_kafka_flush(rk, 60000); /* calls on_delivery() */
	rd_kafka_destroy(rk);
	for (int i = 0; i < unsent_count; i++)
		fprintf(stderr, "order %d was not delivered\n", unsent[i]);
	return unsent_count > 0;
}
/* --8<-- */

static void send_order(rd_kafka_t *rk, int order)
{
	rd_kafka_resp_err_t error = rd_kafka_producev(
		rk, RD_KAFKA_V_TOPIC("orders"), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
		RD_KAFKA_V_VALUE(&order, sizeof(order)), RD_KAFKA_V_END);

	if (error)
		fprintf(stderr, "order %d: %s\n", order, rd_kafka_err2str(error));
}
