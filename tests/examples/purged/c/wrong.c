/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wrong.c - throws away what is queued, to end sooner
 *
 * raises: purged
 * run: --broker-rtt 400
 * links: rdkafka
 */
#include "../../example.h"

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk;
	(void)opaque;
	if (message->err)
		fprintf(stderr, "%s\n", rd_kafka_err2str(message->err));
}

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

	rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
	rd_kafka_t *rk = make_producer(conf, argv[argc - 1]);
	/* --8<-- */
	for (int order = 0; order < 100; order++)
		send_order(rk, order);
	rd_kafka_purge(rk, RD_KAFKA_PURGE_F_QUEUE); /* these are gone */
	rd_kafka_flush(rk, 60000);
	rd_kafka_destroy(rk);
	/* --8<-- */
	return 0;
}
