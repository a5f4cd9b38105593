/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch_retries.c - the queue is full within a batch, and what it did not take is offered
 * again in another batch. Batches are small, so that few are refused at once.
 *
 * batch_retries [BOOTSTRAP [COUNT]]
 * links: rdkafka
 */
#include "host.h"

#define MOST 1000

static int send_batch(rd_kafka_topic_t *orders, rd_kafka_message_t *messages, int count)
{
	return rd_kafka_produce_batch(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY,
				      messages, count);
}

/* Moves what was refused to the front; returns how many. */
static int refused_keep(rd_kafka_message_t *messages, int count)
{
	int left = 0;

	for (int i = 0; i < count; i++)
		if (messages[i].err)
			messages[left++] = messages[i];
	return left;
}

int main(int argc, char **argv)
{
	static rd_kafka_message_t messages[MOST];
	static int numbers[MOST];
	int count = host_number(argc, argv, 2, 200);
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));

	host_set(conf, "queue.buffering.max.messages", "50");
	host_set(conf, "linger.ms", "100");
	rd_kafka_t *rk = host_producer(conf);
	rd_kafka_topic_t *orders = host_topic(rk);

	for (int i = 0; i < count; i++) {
		numbers[i] = i;
		messages[i].payload = &numbers[i];
		messages[i].len = sizeof(numbers[i]);
	}
	for (int left = count; left;) {
		int taken = left < 8 ? left : 8;

		send_batch(orders, messages, taken);
		int kept = refused_keep(messages, taken);

		for (int i = taken; i < left; i++)
			messages[kept + i - taken] = messages[i];
		left -= taken - kept;
		rd_kafka_poll(rk, kept ? 20 : 0);
	}
	printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
	return 0;
}
