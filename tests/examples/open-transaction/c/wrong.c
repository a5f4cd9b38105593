/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wrong.c - ends within a transaction that it has begun
 *
 * raises: open-transaction
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

static void check(rd_kafka_error_t *error)
{
	if (error) {
		fprintf(stderr, "%s\n", rd_kafka_error_string(error));
		exit(1);
	}
}

int main(int argc, char **argv)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();

	set_option(conf, "transactional.id", "orders-1");
	rd_kafka_t *rk = make_producer(conf, argv[argc - 1]);
	/* --8<-- */
	check(rd_kafka_init_transactions(rk, 60000));
	check(rd_kafka_begin_transaction(rk));
	for (int order = 0; order < 100; order++)
		send_order(rk, order);
	rd_kafka_flush(rk, 60000); /* delivered, but not committed */
	rd_kafka_destroy(rk);
	/* --8<-- */
	return 0;
}
