/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fatal.c - an idempotent producer that meets a fatal error half way.
 *
 * Delivers COUNT, then the error is raised; COUNT more are tried, and refused.
 * With 0 as RAISED there is no error: the same producer, well.
 * fatal [BOOTSTRAP [COUNT [RAISED]]]
 * links: rdkafka
 */
#include "host.h"

static int told, failed;

static void reported(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk, (void)opaque;
	told++;
	failed += message->err != 0;
}

static int send_orders(rd_kafka_topic_t *orders, int count)
{
	int refused = 0;

	for (int i = 0; i < count; i++)
		refused += rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY,
					    &i, sizeof(i), NULL, 0, NULL) != 0;
	return refused;
}

int main(int argc, char **argv)
{
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));
	int count = host_number(argc, argv, 2, 50);

	host_set(conf, "enable.idempotence", "true");
	rd_kafka_conf_set_dr_msg_cb(conf, reported);
	rd_kafka_t *rk = host_producer(conf);
	rd_kafka_topic_t *orders = host_topic(rk);

	printf("refused: %d\n", send_orders(orders, count));
	printf("flush: %d\n", rd_kafka_flush(rk, 30000));
	if (host_number(argc, argv, 3, 1))
		printf("raised: %d\n",
		       rd_kafka_test_fatal_error(
			       rk, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "a gap"));
	printf("refused: %d\n", send_orders(orders, count));
	printf("flush: %d\n", rd_kafka_flush(rk, 30000));
	printf("told: %d, failed: %d\n", told, failed);
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
	return 0;
}
