/* SPDX-License-Identifier: Apache-2.0 */
/*
 * right.c - makes a new producer after a fatal error, and produces again what is missing
 *
 * run: --broker-rtt 1
 * met: --broker-errors Produce=OUT_OF_ORDER_SEQUENCE_NUMBER
 * judged: failed
 * links: rdkafka
 */
#include "../../example.h"
#include <stdbool.h>

static void send_order(rd_kafka_t *rk, int order)
{
	rd_kafka_resp_err_t error = rd_kafka_producev(
		rk, RD_KAFKA_V_TOPIC("orders"), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
		RD_KAFKA_V_VALUE(&order, sizeof(order)), RD_KAFKA_V_END);

	if (error)
		fprintf(stderr, "order %d: %s\n", order, rd_kafka_err2str(error));
}

/* --8<-- */
static bool there[100];

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk;
	(void)opaque;
	there[*(const int *)message->payload] = !message->err;
}

/* Those that are not there. True: the producer is sound, and may be asked again. */
static bool send_orders(rd_kafka_t *rk)
{
	char why[256];

	for (int order = 0; order < 100; order++)
		if (!there[order])
			send_order(rk, order);
	rd_kafka_flush(rk, 60000); /* calls on_delivery() */
	return !rd_kafka_fatal_error(rk, why, sizeof(why));
}
/* --8<-- */

static rd_kafka_t *start(const char *brokers)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();

	set_option(conf, "enable.idempotence", "true");
	rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
	return make_producer(conf, brokers);
}

int main(int argc, char **argv)
{
	/* --8<-- */
	rd_kafka_t *rk = start(argv[argc - 1]);

	if (!send_orders(rk)) { /* it takes no more messages */
		rd_kafka_destroy(rk);
		rk = start(argv[argc - 1]);
		send_orders(rk);
	}
	rd_kafka_destroy(rk);
	/* --8<-- */
	return 0;
}
