/* SPDX-License-Identifier: Apache-2.0 */
/*
 * destroys_without_flush.c - destroy() looks like close(); it throws the queue away.
 *
 * destroys_without_flush [BOOTSTRAP [COUNT [failed]]]
 * failed: not before a connect has.
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
	int count = host_number(argc, argv, 2, 1000);
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));

	if (argc > 3)
		host_hears_failures(conf);
	rd_kafka_t *rk = host_producer(conf);
	rd_kafka_topic_t *orders = host_topic(rk);

	for (int i = 0; i < count; i++)
		send_order(orders, i);
	if (argc > 3)
		host_nap_failure();
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
	return 0;
}
