/* SPDX-License-Identifier: Apache-2.0 */
/*
 * purges_when.c - its queue is purged: by itself, after its flush gave up, or by librdkafka.
 *
 * purges_when BOOTSTRAP COUNT own|after|fatal told|untold
 * links: rdkafka
 */
#include <string.h>

#include "host.h"

static int gone;

static void on_report(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk, (void)opaque;
	gone += message->err != 0;
}

static int send_order(rd_kafka_topic_t *orders, int number)
{
	return rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &number,
				sizeof(number), "key", 3, NULL);
}

static void purge(rd_kafka_t *rk)
{
	rd_kafka_purge(rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
}

int main(int argc, char **argv)
{
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));
	int count = host_number(argc, argv, 2, 40);
	const char *when = argc > 3 ? argv[3] : "own";

	host_set(conf, "log_level", "0");
	host_set(conf, "enable.idempotence", "true");
	if (argc > 4 && strcmp(argv[4], "told") == 0)
		rd_kafka_conf_set_dr_msg_cb(conf, on_report);
	rd_kafka_t *rk = host_producer(conf);
	rd_kafka_topic_t *orders = host_topic(rk);

	for (int i = 0; i < count; i++)
		send_order(orders, i);
	if (strcmp(when, "after") == 0)
		rd_kafka_flush(rk, 200);
	if (strcmp(when, "fatal") == 0)
		rd_kafka_test_fatal_error(rk, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER,
					  "a gap");
	else
		purge(rk);
	printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 10000)));
	printf("gone: %d\n", gone);
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
	return 0;
}
