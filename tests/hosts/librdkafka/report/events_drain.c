/* SPDX-License-Identifier: Apache-2.0 */
/*
 * events_drain.c - takes delivery reports as events from a queue, without a callback.
 *
 * events_drain [BOOTSTRAP [COUNT]]
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
	rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_DR);
	rd_kafka_t *rk = host_producer(conf);
	rd_kafka_topic_t *orders = host_topic(rk);

	rd_kafka_queue_t *queue = rd_kafka_queue_get_main(rk);
	size_t reports = 0;

	for (int i = 0; i < count; i++)
		send_order(orders, i);
	while (reports < (size_t)count) {
		rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 1000);

		if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_DR)
			reports += rd_kafka_event_message_count(event);
		if (event)
			rd_kafka_event_destroy(event);
	}
	printf("reports %zu\n", reports);
	rd_kafka_queue_destroy(queue);
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
	return 0;
}
