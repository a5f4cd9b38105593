/* SPDX-License-Identifier: Apache-2.0 */
/*
 * consumes.c - a consumer alone: it asks for messages until the topic has none, and closes.
 *
 * consumes [BOOTSTRAP]
 * links: rdkafka
 */
#include "host.h"

#define POLL_MS 3000

int main(int argc, char **argv)
{
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));
	char why[256];

	host_set(conf, "group.id", "consumes");
	host_set(conf, "enable.partition.eof", "true");
	host_set(conf, "auto.offset.reset", "earliest");
	rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof(why));
	rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);

	if (!rk)
		return 2;
	rd_kafka_topic_partition_list_add(topics, HOST_TOPIC, 0)->offset =
		RD_KAFKA_OFFSET_BEGINNING;
	if (rd_kafka_assign(rk, topics) != 0)
		return 2;
	rd_kafka_topic_partition_list_destroy(topics);
	rd_kafka_message_t *message = rd_kafka_consumer_poll(rk, POLL_MS);

	if (message)
		rd_kafka_message_destroy(message);
	rd_kafka_consumer_close(rk);
	rd_kafka_destroy(rk);
	return 0;
}
