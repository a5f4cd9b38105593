/* SPDX-License-Identifier: Apache-2.0 */
/*
 * right.c - leaves its loop on SIGTERM, and flushes
 *
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
static volatile sig_atomic_t stopping;

static void stop(int number)
{
	(void)number;
	stopping = 1; /* no call of librdkafka here: it may be inside one */
}

int main(int argc, char **argv)
{
	rd_kafka_t *rk = make_producer(rd_kafka_conf_new(), argv[argc - 1]);

	signal(SIGTERM, stop);
	for (int order = 0; !stopping; order++)
		send_order(rk, order);
	if (rd_kafka_flush(rk, 20000)) /* less than the supervisor waits */
		fprintf(stderr, "%d orders were not delivered\n", rd_kafka_outq_len(rk));
	rd_kafka_destroy(rk);
	return 0;
}
/* --8<-- */
