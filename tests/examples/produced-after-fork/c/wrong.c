/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wrong.c - the child uses the producer of its parent
 *
 * raises: produced-after-fork
 * run: --broker-rtt 1
 * links: rdkafka
 */
#include "../../example.h"
#include <sys/wait.h>
#include <unistd.h>

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

	if (fork() == 0) {
		send_order(rk, 1); /* here are no threads that would send it */
		rd_kafka_flush(rk, 2000);
		_exit(0);
	}
	wait(NULL);
	rd_kafka_destroy(rk);
	return 0;
}
/* --8<-- */
