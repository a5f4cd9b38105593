/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flushes_then_produces.c - flushes, and then sends one more: that one is not covered.
 *
 * flushes_then_produces [BOOTSTRAP [COUNT]]
 * links: rdkafka
 */
#include "host.h"

static int send_order(rd_kafka_topic_t *orders, int number)
{
	return rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &number,
				sizeof(number), "key", 3, NULL);
}

int main(int argc, char **argv)
{
	int count = host_number(argc, argv, 2, 100);
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));
	host_set(conf, "linger.ms", "5000");
	rd_kafka_t *rk = host_producer(conf);
	rd_kafka_topic_t *orders = host_topic(rk);

	for (int i = 0; i < count; i++)
		send_order(orders, i);
	printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
	send_order(orders, count);
	return 0;
}
