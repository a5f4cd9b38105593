/* SPDX-License-Identifier: Apache-2.0 */
/*
 * queue_full_drops.c - the queue is full, produce says so, and the message is forgotten.
 *
 * queue_full_drops [BOOTSTRAP [COUNT]]
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
	int count = host_number(argc, argv, 2, 200);
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));
	host_set(conf, "queue.buffering.max.messages", "50");
	host_set(conf, "linger.ms", "300");
	rd_kafka_t *rk = host_producer(conf);
	rd_kafka_topic_t *orders = host_topic(rk);

	int refused = 0;

	for (int i = 0; i < count; i++)
		if (send_order(orders, i))
			refused++;
	printf("refused some: %s\n", refused ? "yes" : "no");
	printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
	return 0;
}
