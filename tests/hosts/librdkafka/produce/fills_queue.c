/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fills_queue.c - asks for delivery reports and fills its queue; polls, or never does.
 *
 * fills_queue [BOOTSTRAP [polls|never]]
 * links: rdkafka
 */
#include <string.h>
#include <unistd.h>

#include "host.h"

static int delivered;

static void on_report(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk;
	(void)opaque;
	delivered += !message->err;
}

static int send_order(rd_kafka_topic_t *orders, int number)
{
	return rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &number,
				sizeof(number), "key", 3, NULL);
}

int main(int argc, char **argv)
{
	int polls = argc > 2 && strcmp(argv[2], "polls") == 0, refused = 0;
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));

	host_set(conf, "queue.buffering.max.messages", "50");
	rd_kafka_conf_set_dr_msg_cb(conf, on_report);
	rd_kafka_t *rk = host_producer(conf);
	rd_kafka_topic_t *orders = host_topic(rk);

	for (int i = 0; i < 80; i++)
		while (send_order(orders, i)) {
			if (!polls) {
				refused++;
				break;
			}
			rd_kafka_poll(rk, 20);
		}
	if (polls)
		rd_kafka_flush(rk, 30000);
	else
		sleep(1);
	printf("delivered %d, refused %d\n", delivered, refused);
	return 0;
}
