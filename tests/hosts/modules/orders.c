/* SPDX-License-Identifier: Apache-2.0 */
/*
 * orders.c - a module that produces: what an extension of Python, Node or PHP is.
 *
 * Built in several ways (see CMakeLists.txt here): linked with librdkafka,
 * with a copy under a hashed name, with -z now, with -Bsymbolic, and with all
 * of librdkafka inside.
 */
#include <librdkafka/rdkafka.h>
#include <stdio.h>

int orders_produce(const char *bootstrap, int count, int flush);

static void send_order(rd_kafka_topic_t *orders, int number)
{
	rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &number,
			 sizeof(number), NULL, 0, NULL);
}

int orders_produce(const char *bootstrap, int count, int flush)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char why[256];

	rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap, why, sizeof(why));
	rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
	if (!rk) {
		fprintf(stderr, "producer: %s\n", why);
		return 2;
	}
	rd_kafka_topic_t *orders = rd_kafka_topic_new(rk, "stories", NULL);
	for (int i = 0; i < count; i++)
		send_order(orders, i);
	if (flush)
		printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
	return 0;
}
