/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secret_settings.c - a configuration with passwords in it; forgets to flush.
 *
 * secret_settings [BOOTSTRAP [COUNT]]
 * links: rdkafka
 */
#include "host.h"

int main(int argc, char **argv)
{
	int count = host_number(argc, argv, 2, 100);
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));

	host_set(conf, "sasl.username", "hush-user");
	host_set(conf, "sasl.password", "hush-password");
	host_set(conf, "ssl.key.password", "hush-key");
	host_set(conf, "linger.ms", "250");
	rd_kafka_t *rk = host_producer(conf);
	rd_kafka_topic_t *orders = host_topic(rk);

	for (int i = 0; i < count; i++)
		rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &i,
				 sizeof(i), NULL, 0, NULL);
	return 0;
}
