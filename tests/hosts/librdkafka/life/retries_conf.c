/* SPDX-License-Identifier: Apache-2.0 */
/*
 * retries_conf.c - a producer that cannot be made, tried again with the same
 * configuration until what was wrong in it is put right.
 *
 * Takes reports through a callback, so that a lost callback shows.
 * retries_conf [BOOTSTRAP] [COUNT]
 * links: rdkafka
 */
#include "host.h"

static int reports;

static void on_report(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk;
	(void)message;
	(void)opaque;
	reports++;
}

int main(int argc, char **argv)
{
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));
	int count = argc > 2 ? atoi(argv[2]) : 100;
	rd_kafka_t *rk = NULL;
	char why[512];

	host_set(conf, "security.protocol", "ssl");
	host_set(conf, "ssl.ca.location", "/no/such/file");
	host_set(conf, "log_level", "0");
	rd_kafka_conf_set_dr_msg_cb(conf, on_report);
	for (int i = 0; i < 3; i++)
		if (rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why)))
			return 1;
	host_set(conf, "security.protocol", "plaintext");
	rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
	if (!rk)
		return 2;
	rd_kafka_topic_t *orders = host_topic(rk);

	for (int i = 0; i < count; i++)
		rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, "order", 5,
				 NULL, 0, NULL);
	printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
	printf("reports: %d\n", reports);
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
	return 0;
}
