/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bursts.c - produces a few messages, waits for them, and again, until somebody kills it.
 *
 * So there are instants at which all is done, and the program has waited for it.
 * Says "busy" after the first of them.
 * bursts [BOOTSTRAP [ACKS]]
 * links: rdkafka
 */
#include <string.h>
#include <unistd.h>

#include "host.h"

int main(int argc, char **argv)
{
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));
	char order[300];

	memset(order, 'o', sizeof(order));
	host_set(conf, "acks", argc > 2 ? argv[2] : "all");
	host_set(conf, "linger.ms", "1");
	rd_kafka_t *rk = host_producer(conf);
	rd_kafka_topic_t *orders = host_topic(rk);

	for (unsigned burst = 1;; burst++) {
		for (unsigned i = 0; i < burst % 50; i++)
			rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY,
					 order, 1 + i * 5, NULL, 0, NULL);
		rd_kafka_flush(rk, 10000);
		if (burst == 1) {
			printf("busy\n");
			fflush(stdout);
		}
		usleep(burst % 7 * 500);
	}
}
