/* SPDX-License-Identifier: Apache-2.0 */
/*
 * right.c - gives each instance a transactional.id of its own
 *
 * run: --broker-rtt 1
 * links: rdkafka
 */
#include "../../example.h"

static void check(rd_kafka_error_t *error)
{
	if (error) {
		fprintf(stderr, "%s\n", rd_kafka_error_string(error));
		exit(1);
	}
}

static void send_orders(rd_kafka_t *rk)
{
	for (int order = 0; order < 100; order++)
		if (rd_kafka_producev(rk, RD_KAFKA_V_TOPIC("orders"),
				      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
				      RD_KAFKA_V_VALUE(&order, sizeof(order)), RD_KAFKA_V_END))
			fprintf(stderr, "order %d was refused\n", order);
}

/* --8<-- */
/* `instance`: its number among those that run at a time, the same after a restart. */
static rd_kafka_t *start(int instance, const char *brokers)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char id[32];

	snprintf(id, sizeof(id), "orders-%d", instance);
	set_option(conf, "transactional.id", id);
	rd_kafka_t *rk = make_producer(conf, brokers);

	check(rd_kafka_init_transactions(rk, 60000));
	return rk;
}
/* --8<-- */

int main(int argc, char **argv)
{
	rd_kafka_t *rk = start(0, argv[argc - 1]);

	check(rd_kafka_begin_transaction(rk));
	send_orders(rk);
	/* A second instance starts, as at a rolling update, while this one still runs. */
	rd_kafka_t *second = start(1, argv[argc - 1]);
	check(rd_kafka_commit_transaction(rk, 60000));
	rd_kafka_destroy(second);
	rd_kafka_destroy(rk);
	return 0;
}
