/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch_frees.c - a batch for a partition that is not there, of memory that the client is given
 * to free: it does, though it refused the messages, and who looks into them afterwards dies of
 * it.
 *
 * batch_frees [BOOTSTRAP]
 * links: rdkafka
 */
#include "host.h"
#include <string.h>

enum {
	MESSAGES = 3,
	BYTES = 512 << 10 /* more than malloc keeps: free() unmaps them */
};

static int32_t partition;

static int32_t partition_choose(const rd_kafka_topic_t *topic, const void *key,
				size_t key_bytes, int32_t count, void *opaque, void *of_message)
{
	(void)topic, (void)key, (void)key_bytes, (void)count, (void)opaque, (void)of_message;
	return partition;
}

int main(int argc, char **argv)
{
	rd_kafka_t *rk = host_producer(host_conf(host_bootstrap(argc, argv)));
	rd_kafka_message_t messages[MESSAGES];
	rd_kafka_topic_conf_t *conf = rd_kafka_topic_conf_new();
	rd_kafka_topic_t *orders;
	int taken;

	rd_kafka_topic_conf_set_partitioner_cb(conf, partition_choose);
	orders = rd_kafka_topic_new(rk, HOST_TOPIC, conf);
	rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, "first", 5, "k", 1,
			 NULL);
	rd_kafka_flush(rk, 30000); /* the topic's partitions are known now */
	partition = 99;
	memset(messages, 0, sizeof(messages));
	for (int i = 0; i < MESSAGES; i++) {
		messages[i].payload = memset(malloc(BYTES), 'a' + i, BYTES);
		messages[i].len = BYTES;
		messages[i].key = "k"; /* without one the partitioner is not always asked */
		messages[i].key_len = 1;
	}
	taken = rd_kafka_produce_batch(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_FREE,
				       messages, MESSAGES);
	printf("taken: %d, %s\n", taken, rd_kafka_err2name(messages[0].err));
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
	return 0;
}
