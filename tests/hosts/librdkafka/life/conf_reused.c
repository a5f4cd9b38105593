/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conf_reused.c - duplicates the configuration of a living producer, and makes another of it.
 *
 * Each has its own opaque; the callback must be the host's own in both, and
 * be called once for each message.
 * conf_reused [BOOTSTRAP [COUNT]]
 * links: rdkafka
 */
#include "host.h"

static void reported(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk;
	if (!message->err)
		++*(int *)opaque;
}

static void send_orders(rd_kafka_t *rk, int count)
{
	rd_kafka_topic_t *orders = host_topic(rk);

	for (int i = 0; i < count; i++)
		rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &i,
				 sizeof(i), NULL, 0, NULL);
	rd_kafka_topic_destroy(orders);
}

int main(int argc, char **argv)
{
	int first_told = 0, second_told = 0, count = host_number(argc, argv, 2, 50);
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));
	char text[64];
	size_t bytes = sizeof(text);

	rd_kafka_conf_set_dr_msg_cb(conf, reported);
	rd_kafka_conf_set_opaque(conf, &first_told);
	rd_kafka_t *first = host_producer(conf);
	rd_kafka_conf_t *again = rd_kafka_conf_dup(rd_kafka_conf(first));

	rd_kafka_conf_get(again, "dr_msg_cb", text, &bytes);
	printf("its callback is %s\n",
	       strtoull(text, NULL, 16) == (uintptr_t)reported ? "its own" : text);
	rd_kafka_conf_set_opaque(again, &second_told);
	rd_kafka_t *second = host_producer(again);

	send_orders(first, count);
	send_orders(second, count);
	printf("flush: %d %d\n", rd_kafka_flush(first, 30000), rd_kafka_flush(second, 30000));
	rd_kafka_destroy(first);
	rd_kafka_destroy(second);
	printf("told: %d %d\n", first_told, second_told);
	return 0;
}
