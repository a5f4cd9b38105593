/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wrong.c - is ended by SIGTERM in the middle of its work
 *
 * raises: killed-in-flight
 * run: --broker-rtt 400
 * links: rdkafka
 */
#include "../../example.h"
#include <signal.h>
#include <unistd.h>

static void send_order(rd_kafka_t *rk, int order)
{
	rd_kafka_resp_err_t error = rd_kafka_producev(
		rk, RD_KAFKA_V_TOPIC("orders"), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
		RD_KAFKA_V_VALUE(&order, sizeof(order)), RD_KAFKA_V_END);

	if (error)
		fprintf(stderr, "order %d: %s\n", order, rd_kafka_err2str(error));
	if (order == 100)
		kill(getpid(), SIGTERM); /* as a supervisor does */
}

/* --8<-- */
int main(int argc, char **argv)
{
	rd_kafka_t *rk = make_producer(rd_kafka_conf_new(), argv[argc - 1]);

	for (int order = 0;; order++) /* until SIGTERM ends the program at once */
		send_order(rk, order);
}
/* --8<-- */
