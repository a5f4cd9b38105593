/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refused_later.c - 500 messages at once into a queue of 100: what is refused is kept, and
 * produced later.
 *
 * refused_later [BOOTSTRAP [HOW [CALL]]]
 * HOW: fifo, the oldest first; lifo, the newest first; same, all messages are equal;
 * equal, the same, but those refused are dropped; alike, they differ in the middle alone,
 * and those refused are dropped; batch, one call of produce_batch, what it gives back one
 * by one; batches, in batches again; dropped, none of what the batch gave back.
 * CALL: copy; free, the client frees what it accepts; v, producev; va, produceva.
 * links: rdkafka
 */
#include "host.h"
#include <string.h>

enum { MESSAGES = 500, BYTES = 700 };

static rd_kafka_message_t messages[MESSAGES];
static rd_kafka_t *rk;
static rd_kafka_topic_t *orders;
static const char *call = "copy";

static int flags(void)
{
	return strcmp(call, "free") == 0 ? RD_KAFKA_MSG_F_FREE : RD_KAFKA_MSG_F_COPY;
}

static rd_kafka_resp_err_t put_v(const rd_kafka_message_t *message)
{
	return rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(HOST_TOPIC),
				 RD_KAFKA_V_VALUE(message->payload, message->len),
				 RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
}

static rd_kafka_resp_err_t put_va(const rd_kafka_message_t *message)
{
	rd_kafka_vu_t parts[] = {
		{.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = orders},
		{.vtype = RD_KAFKA_VTYPE_VALUE,
		 .u.mem = {.ptr = message->payload, .size = message->len}},
		{.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
	};
	rd_kafka_error_t *error = rd_kafka_produceva(rk, parts, 3);
	rd_kafka_resp_err_t code = rd_kafka_error_code(error);

	if (error)
		rd_kafka_error_destroy(error);
	return code;
}

static int put(rd_kafka_message_t *message)
{
	if (strcmp(call, "v") == 0)
		message->err = put_v(message);
	else if (strcmp(call, "va") == 0)
		message->err = put_va(message);
	else
		message->err = rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, flags(),
						message->payload, message->len, NULL, 0, NULL)
				       ? rd_kafka_last_error()
				       : RD_KAFKA_RESP_ERR_NO_ERROR;
	return message->err == RD_KAFKA_RESP_ERR_NO_ERROR;
}

static int put_batch(int count)
{
	return rd_kafka_produce_batch(orders, RD_KAFKA_PARTITION_UA, flags(), messages, count);
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

static void make_messages(int equal)
{
	for (int i = 0; i < MESSAGES; i++) {
		char *text = malloc(BYTES); /* the process ends with what is not the client's */

		if (!text)
			exit(2);
		memset(text, 'a', BYTES);
		if (!equal)
			memcpy(text + 310, &i, sizeof(i));
		messages[i].payload = text;
		messages[i].len = BYTES;
	}
}

int main(int argc, char **argv)
{
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));
	const char *how = argc > 2 ? argv[2] : "fifo";
	int refused;

	call = argc > 3 ? argv[3] : call;
	host_set(conf, "queue.buffering.max.messages", "100");
	rk = host_producer(conf);
	orders = host_topic(rk);
	make_messages(strcmp(how, "same") == 0 || strcmp(how, "equal") == 0);
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
	else if (strcmp(how, "alike") != 0 && strcmp(how, "dropped") != 0 &&
		 strcmp(how, "equal") != 0)
		put_again(refused, strcmp(how, "lifo") == 0);
	printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
	return 0;
}
