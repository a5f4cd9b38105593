/* SPDX-License-Identifier: Apache-2.0 */
/*
 * one_by_one.c - every message is a request of its own, from one or many producers.
 *
 * one_by_one BOOTSTRAP COUNT [PRODUCERS]
 * links: rdkafka
 */
#include "host.h"

static int send_order(rd_kafka_topic_t *orders, int number)
{
	return rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &number,
				sizeof(number), NULL, 0, NULL);
}

static int produce_and_flush(const char *bootstrap, int count)
{
	rd_kafka_conf_t *conf = host_conf(bootstrap);
	host_set(conf, "batch.num.messages", "1");
	rd_kafka_t *rk = host_producer(conf);
	rd_kafka_topic_t *orders = host_topic(rk);

	for (int i = 0; i < count; i++)
		send_order(orders, i);
	return rd_kafka_flush(rk, 30000) != 0;
}

int main(int argc, char **argv)
{
	int producers = host_number(argc, argv, 3, 1), late = 0;

	for (int i = 0; i < producers; i++)
		late += produce_and_flush(host_bootstrap(argc, argv),
					  host_number(argc, argv, 2, 100));
	printf("%d producers, %d of them late\n", producers, late);
	fflush(stdout);
	return 0;
}
