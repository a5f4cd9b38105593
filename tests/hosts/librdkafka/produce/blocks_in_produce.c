/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blocks_in_produce.c - produce waits for room in a small queue (RD_KAFKA_MSG_F_BLOCK).
 *
 * blocks_in_produce [BOOTSTRAP [produce|batch|producev|produceva [COUNT [SECONDS]]]]
 *
 * After so many seconds SIGALRM ends it, wherever it is.
 * links: rdkafka
 */
#include <string.h>
#include <unistd.h>

#include "host.h"

#define FLAGS (RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK)

static void send_order(const char *how, rd_kafka_t *rk, rd_kafka_topic_t *orders, int number)
{
	rd_kafka_message_t message = {.payload = &number, .len = sizeof(number)};
	rd_kafka_vu_t parts[] = {
		{.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = orders},
		{.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {&number, sizeof(number)}},
		{.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = FLAGS},
	};

	if (strcmp(how, "batch") == 0)
		rd_kafka_produce_batch(orders, RD_KAFKA_PARTITION_UA, FLAGS, &message, 1);
	else if (strcmp(how, "producev") == 0)
		rd_kafka_producev(rk, RD_KAFKA_V_RKT(orders),
				  RD_KAFKA_V_VALUE(&number, sizeof(number)),
				  RD_KAFKA_V_MSGFLAGS(FLAGS), RD_KAFKA_V_END);
	else if (strcmp(how, "produceva") == 0)
		rd_kafka_error_destroy(rd_kafka_produceva(rk, parts, 3));
	else
		rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, FLAGS, &number, sizeof(number),
				 NULL, 0, NULL);
}

int main(int argc, char **argv)
{
	int count = host_number(argc, argv, 3, 60);
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));

	alarm((unsigned)host_number(argc, argv, 4, 0));
	host_set(conf, "queue.buffering.max.messages", "10");
	host_set(conf, "linger.ms", "50");
	rd_kafka_t *rk = host_producer(conf);
	rd_kafka_topic_t *orders = host_topic(rk);

	for (int i = 0; i < count; i++)
		send_order(argc > 2 ? argv[2] : "produce", rk, orders, i);
	printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
	return 0;
}
