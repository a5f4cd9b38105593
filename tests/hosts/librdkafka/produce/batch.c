/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch.c - produce_batch, of which one message in ten is too large.
 *
 * The large ones come back with an error in the array, and are let go.
 * batch [BOOTSTRAP [flush]]
 * links: rdkafka
 */
#include "host.h"
#include <string.h>

#define BATCH 100

static int send_batch(rd_kafka_topic_t *orders, rd_kafka_message_t *messages)
{
	return rd_kafka_produce_batch(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY,
				      messages, BATCH);
}

int main(int argc, char **argv)
{
	static char payload[5000];
	static rd_kafka_message_t messages[BATCH];
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));
	rd_kafka_t *rk;
	rd_kafka_topic_t *orders;
	int refused = 0;

	host_set(conf, "message.max.bytes", "1000");
	rk = host_producer(conf);
	orders = host_topic(rk);
	for (int i = 0; i < BATCH; i++) {
		messages[i].payload = payload;
		messages[i].len = i % 10 == 0 ? sizeof(payload) : 100;
	}
	printf("taken: %d\n", send_batch(orders, messages));
	for (int i = 0; i < BATCH; i++)
		if (messages[i].err)
			refused++;
	printf("refused: %d\n", refused);
	if (argc > 2 && strcmp(argv[2], "flush") == 0)
		printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
	return 0;
}
