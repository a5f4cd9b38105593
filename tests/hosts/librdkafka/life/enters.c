/* SPDX-License-Identifier: Apache-2.0 */
/*
 * enters.c - produces to a broker that may not let it in, waits, and is told.
 *
 * enters BOOTSTRAP [KEY=VALUE...]
 * The rest is configuration: security.protocol=ssl, sasl.password=..., ...
 * links: rdkafka
 */
#include "host.h"

#include <string.h>

static int failed;

static void on_report(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk, (void)opaque;
	failed += message->err != 0;
}

static void set(rd_kafka_conf_t *conf, const char *setting)
{
	char key[64];
	size_t bytes = strcspn(setting, "=");

	snprintf(key, sizeof key, "%.*s", (int)bytes, setting);
	host_set(conf, key, setting + bytes + 1);
}

int main(int argc, char **argv)
{
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));

	rd_kafka_conf_set_dr_msg_cb(conf, on_report);
	host_set(conf, "message.timeout.ms", "4500");
	host_set(conf, "log_level", "0");
	for (int i = 2; i < argc; i++)
		set(conf, argv[i]);
	rd_kafka_t *rk = host_producer(conf);
	rd_kafka_topic_t *orders = host_topic(rk);

	for (int i = 0; i < 10; i++)
		rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, "order", 5,
				 NULL, 0, NULL);
	rd_kafka_flush(rk, 20000);
	printf("%d failed\n", failed);
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
	return 0;
}
