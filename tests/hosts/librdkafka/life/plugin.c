/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plugin.c - names a plugin in its configuration, and is told of each delivery or flushes.
 *
 * plugin BOOTSTRAP PLUGIN COUNT reports|flush|forget
 * links: rdkafka
 */
#include "host.h"
#include <string.h>

static int served;

static void reported(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk, (void)message, (void)opaque;
	served++;
}

static void send_orders(rd_kafka_topic_t *orders, int count)
{
	for (int i = 0; i < count; i++)
		rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &i,
				 sizeof(i), NULL, 0, NULL);
}

int main(int argc, char **argv)
{
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));
	int count = host_number(argc, argv, 3, 100);
	const char *end = argc > 4 ? argv[4] : "reports";

	host_set(conf, "plugin.library.paths", argv[2]);
	if (strcmp(end, "reports") == 0)
		rd_kafka_conf_set_dr_msg_cb(conf, reported);
	rd_kafka_t *rk = host_producer(conf);
	rd_kafka_topic_t *orders = host_topic(rk);

	send_orders(orders, count);
	if (strcmp(end, "flush") == 0)
		printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
	while (strcmp(end, "reports") == 0 && served < count)
		rd_kafka_poll(rk, 100);
	rd_kafka_topic_destroy(orders);
	if (strcmp(end, "forget") != 0)
		rd_kafka_destroy(rk);
	return 0;
}
