/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bad_conf.c - a producer that cannot be made: the certificate is not there.
 *
 * The conf stays the application's and is destroyed by it. Then it tries
 * again without TLS, and flushes.
 * bad_conf [BOOTSTRAP [COUNT]]
 * links: rdkafka
 */
#include "host.h"

static void send_orders(rd_kafka_t *rk, int count)
{
	rd_kafka_topic_t *orders = host_topic(rk);

	for (int i = 0; i < count; i++)
		rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &i,
				 sizeof(i), NULL, 0, NULL);
	rd_kafka_topic_destroy(orders);
}

int main(int argc, char **argv)
{
	const char *bootstrap = host_bootstrap(argc, argv);
	rd_kafka_conf_t *conf = host_conf(bootstrap);
	rd_kafka_t *rk;
	char why[512];

	host_set(conf, "security.protocol", "ssl");
	host_set(conf, "ssl.ca.location", "/no/such/file");
	host_set(conf, "log_level", "0");
	rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
	printf("first: %s\n", rk ? "made" : "refused");
	if (!rk)
		rd_kafka_conf_destroy(conf);

	rk = host_producer(host_conf(bootstrap));
	send_orders(rk, host_number(argc, argv, 2, 10));
	printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
	rd_kafka_destroy(rk);
	return 0;
}
