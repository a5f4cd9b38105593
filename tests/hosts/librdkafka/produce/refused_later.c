/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refused_later.c - 500 messages at once into a queue of 100: what is refused is kept, and
 * produced later.
 *
 * refused_later [BOOTSTRAP [HOW]]
 * HOW: fifo, the oldest first; lifo, the newest first; same, all messages are equal; alike,
 * they differ in the middle alone, and those refused are dropped; batch, one call of
 * produce_batch, what it gives back one by one; batches, in batches again; dropped, none
 * of what the batch gave back.
 * links: rdkafka
 */
#include "host.h"
#include <string.h>

enum { MESSAGES = 500, BYTES = 700 };

static char text[MESSAGES][BYTES];
static rd_kafka_message_t messages[MESSAGES];
static rd_kafka_t *rk;
static rd_kafka_topic_t *orders;

static int put(rd_kafka_message_t *message)
{
	message->err = rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY,
					message->payload, message->len, NULL, 0, NULL)
			       ? rd_kafka_last_error()
			       : RD_KAFKA_RESP_ERR_NO_ERROR;
	return message->err == RD_KAFKA_RESP_ERR_NO_ERROR;
}

static int put_batch(int count)
{
	return rd_kafka_produce_batch(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY,
				      messages, count);
}

/* Moves those that were refused to the front. */
static int refused_first(int count)
{
	int refused = 0;

	for (int i = 0; i < count; i++)
		if (messages[i].err)
			messages[refused++] = messages[i];
	return refused;
}

static void put_again(int refused, int from_the_end)
{
	for (int i = 0; i < refused; i++)
		while (!put(&messages[from_the_end ? refused - 1 - i : i]))
			rd_kafka_poll(rk, 20);
}

int main(int argc, char **argv)
{
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));
	const char *how = argc > 2 ? argv[2] : "fifo";
	int refused;

	host_set(conf, "queue.buffering.max.messages", "100");
	rk = host_producer(conf);
	orders = host_topic(rk);
	for (int i = 0; i < MESSAGES; i++) {
		memset(text[i], 'a', BYTES);
		if (strcmp(how, "same") != 0)
			memcpy(text[i] + 310, &i, sizeof(i));
		messages[i].payload = text[i];
		messages[i].len = BYTES;
	}
	if (strcmp(how, "batch") == 0 || strcmp(how, "batches") == 0 ||
	    strcmp(how, "dropped") == 0)
		put_batch(MESSAGES);
	else
		for (int i = 0; i < MESSAGES; i++)
			put(&messages[i]);
	refused = refused_first(MESSAGES);
	if (strcmp(how, "batches") == 0)
		for (; refused; refused = refused_first(refused)) {
			rd_kafka_poll(rk, 20);
			put_batch(refused);
		}
	else if (strcmp(how, "alike") != 0 && strcmp(how, "dropped") != 0)
		put_again(refused, strcmp(how, "lifo") == 0);
	printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
	return 0;
}
