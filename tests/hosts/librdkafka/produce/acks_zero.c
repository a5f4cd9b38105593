/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acks_zero.c - acks=0 (or as said), flushed: written is all that will ever be known.
 *
 * acks_zero [BOOTSTRAP [COUNT [ACKS]]]
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
	host_set(conf, "acks", argc > 3 ? argv[3] : "0");
	rd_kafka_t *rk = host_producer(conf);
	rd_kafka_topic_t *orders = host_topic(rk);

	for (int i = 0; i < count; i++)
		send_order(orders, i);
	printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
	return 0;
}
