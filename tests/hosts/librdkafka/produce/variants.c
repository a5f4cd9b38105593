/* SPDX-License-Identifier: Apache-2.0 */
/*
 * variants.c - one of each: keys, empty and null payloads, headers, opaques, partitions,
 * batches.
 *
 * 40 messages in all: 10 plain with an opaque, 10 empty, 10 null, 5 with 30
 * headers each, 5 in a batch with partitions of their own.
 * variants [BOOTSTRAP]
 * links: rdkafka
 */
#include "host.h"
#include <stdint.h>
#include <string.h>

static int opaques_kept, told;

static void reported(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk, (void)opaque;
	told++;
	opaques_kept += message->_private == (void *)(uintptr_t)0x5ca1ab1e;
}

static void send_plain(rd_kafka_topic_t *orders)
{
	for (int i = 0; i < 10; i++) {
		char *value = strdup("ten bytes.");

		rd_kafka_produce(orders, i % 4, RD_KAFKA_MSG_F_FREE, value, 10, "k", 1,
				 (void *)(uintptr_t)0x5ca1ab1e);
	}
}

static void send_nothing(rd_kafka_topic_t *orders)
{
	for (int i = 0; i < 10; i++) {
		rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, "", 0, "k",
				 1, NULL);
		rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA,
				 RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK, NULL, 0, NULL, 0,
				 NULL);
	}
}

#define H RD_KAFKA_V_HEADER("name", "value", -1)
#define H10 H, H, H, H, H, H, H, H, H, H

static void send_headers(rd_kafka_t *rk)
{
	for (int i = 0; i < 5; i++)
		if (rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(HOST_TOPIC), RD_KAFKA_V_PARTITION(2),
				      RD_KAFKA_V_VALUE("four", 4), H10, H10, H10,
				      RD_KAFKA_V_TIMESTAMP(1700000000000), RD_KAFKA_V_END))
			printf("headers refused\n");
}

static void send_batch(rd_kafka_topic_t *orders)
{
	static rd_kafka_message_t batch[5];

	for (int i = 0; i < 5; i++) {
		batch[i].payload = "four";
		batch[i].len = 4;
		batch[i].partition = i % 4;
	}
	printf("batch: %d\n",
	       rd_kafka_produce_batch(orders, RD_KAFKA_PARTITION_UA,
				      RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_PARTITION, batch,
				      5));
}

int main(int argc, char **argv)
{
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));

	rd_kafka_conf_set_dr_msg_cb(conf, reported);
	rd_kafka_t *rk = host_producer(conf);
	rd_kafka_topic_t *orders = host_topic(rk);

	send_plain(orders);
	send_nothing(orders);
	send_headers(rk);
	send_batch(orders);
	printf("flush: %d\n", rd_kafka_flush(rk, 30000));
	printf("told: %d, opaques: %d\n", told, opaques_kept);
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
	return 0;
}
