/* SPDX-License-Identifier: Apache-2.0 */
/*
 * delivery_fails_told.c - messages time out (no broker), and the application is told.
 *
 * delivery_fails_told [BOOTSTRAP [COUNT]]
 * links: rdkafka
 */
#include "host.h"

static int delivered, failed;

static void on_report(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk;
	(void)opaque;
	if (message->err)
		failed++;
	else
		delivered++;
}

static int send_order(rd_kafka_topic_t *orders, int number)
{
	return rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &number,
				sizeof(number), "key", 3, NULL);
}

int main(int argc, char **argv)
{
	int count = host_number(argc, argv, 2, 100);
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));
	rd_kafka_conf_set_dr_msg_cb(conf, on_report);
	host_set(conf, "message.timeout.ms", "300");
	host_set(conf, "log_level", "0");
	rd_kafka_t *rk = host_producer(conf);
	rd_kafka_topic_t *orders = host_topic(rk);

	for (int i = 0; i < count; i++)
		send_order(orders, i);
	printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 10000)));
	printf("delivered %d, failed %d\n", delivered, failed);
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
	return 0;
}
