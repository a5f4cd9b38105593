/* SPDX-License-Identifier: Apache-2.0 */
/*
 * broker.c - a mock cluster in the test's process, and reading what its topics
 * have.
 *
 * It is not `unflushed broker`: a test must not check the tool with the tool.
 */
#include "harness.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdlib.h>
#include <unistd.h>

#define PARTITIONS 4

struct broker {
	rd_kafka_t *client;
	rd_kafka_mock_cluster_t *cluster;
};

struct broker *broker_start(void)
{
	struct broker *broker = calloc(1, sizeof(*broker));
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char why[256];

	assert_non_null(broker);
	rd_kafka_conf_set(conf, "test.mock.num.brokers", "1", why, sizeof(why));
	rd_kafka_conf_set(conf, "log_level", "0", why, sizeof(why));
	broker->client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
	assert_non_null(broker->client);
	broker->cluster = rd_kafka_handle_mock_cluster(broker->client);
	assert_int_equal(rd_kafka_mock_topic_create(broker->cluster, TOPIC, PARTITIONS, 1), 0);
	return broker;
}

const char *broker_address(const struct broker *broker)
{
	return rd_kafka_mock_cluster_bootstraps(broker->cluster);
}

void broker_rtt(struct broker *broker, int rtt_ms)
{
	rd_kafka_mock_broker_set_rtt(broker->cluster, 1, rtt_ms);
}

static int64_t messages_now(struct broker *broker)
{
	int64_t sum = 0;

	for (int partition = 0; partition < PARTITIONS; partition++) {
		int64_t first, next;

		assert_int_equal(rd_kafka_query_watermark_offsets(broker->client, TOPIC,
								  partition, &first, &next,
								  10000),
				 0);
		sum += next; /* from the first ever: old ones may have been let go */
	}
	return sum;
}

/* Bytes may still lie in the kernel when their sender is gone. */
int64_t broker_messages(struct broker *broker)
{
	int64_t before, now = -1;

	rd_kafka_mock_broker_set_rtt(broker->cluster, 1, 0);
	do {
		before = now;
		usleep(30000);
		now = messages_now(broker);
	} while (now != before);
	return now;
}

void broker_stop(struct broker *broker)
{
	rd_kafka_destroy(broker->client);
	free(broker);
}
