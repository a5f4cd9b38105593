/* SPDX-License-Identifier: Apache-2.0 */
/*
 * turns.c - two lines take turns, and so do TOPICS topics, an odd number, so that in the end
 * each line has had each topic. One message to each goes first; the next is NAP_MS older than
 * those that go with it.
 *
 * turns BOOTSTRAP COUNT [TOPICS [NAP_MS]]
 * links: rdkafka
 */
#include "host.h"

enum { MOST_TOPICS = 9 };

static int send_order(rd_kafka_topic_t *topic)
{
	return rd_kafka_produce(topic, 0, RD_KAFKA_MSG_F_COPY, "order", 5, NULL, 0, NULL);
}

static int send_alert(rd_kafka_topic_t *topic)
{
	return rd_kafka_produce(topic, 0, RD_KAFKA_MSG_F_COPY, "alert!", 6, NULL, 0, NULL);
}

int main(int argc, char **argv)
{
	int count = host_number(argc, argv, 2, 12);
	int topics_count = host_number(argc, argv, 3, 1);
	int nap_ms = host_number(argc, argv, 4, 0);
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));
	rd_kafka_topic_t *topics[MOST_TOPICS];
	char name[32];

	if (topics_count < 1 || topics_count > MOST_TOPICS)
		return 2;
	host_set(conf, "linger.ms", "2000");
	rd_kafka_t *rk = host_producer(conf);

	for (int i = 0; i < topics_count; i++) {
		snprintf(name, sizeof(name), "%s-%d", HOST_TOPIC, i);
		topics[i] = rd_kafka_topic_new(rk, name, NULL);
	}
	for (int i = 0; i < count; i++) {
		if ((i % 2 ? send_alert : send_order)(topics[i % topics_count]))
			fprintf(stderr, "refused\n");
		if (i == topics_count - 1)
			rd_kafka_flush(rk, 60000);
		if (i == topics_count)
			usleep((useconds_t)nap_ms * 1000);
	}
	printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 60000)));
	for (int i = 0; i < topics_count; i++)
		rd_kafka_topic_destroy(topics[i]);
	rd_kafka_destroy(rk);
	return 0;
}
