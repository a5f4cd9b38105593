/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wrong.c - goes on when the queue is full
 *
 * raises: rejected-not-retried
 * run: --broker-rtt 400
 * links: rdkafka
 */
#include "../../example.h"

int main(int argc, char **argv)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();

	set_option(conf, "queue.buffering.max.messages", "10");
	rd_kafka_t *rk = make_producer(conf, argv[argc - 1]);
	/* --8<-- */
	for (int order = 0; order < 100; order++)
		rd_kafka_producev(rk, RD_KAFKA_V_TOPIC("orders"), /* the result is lost */
				  RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
				  RD_KAFKA_V_VALUE(&order, sizeof(order)), RD_KAFKA_V_END);
	/* --8<-- */
	rd_kafka_flush(rk, 60000);
	rd_kafka_destroy(rk);
	return 0;
}
