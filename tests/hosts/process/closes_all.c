/* SPDX-License-Identifier: Apache-2.0 */
/*
 * closes_all.c - closes every descriptor there is, then goes on producing.
 *
 * As daemons do before they begin. Nothing may be missing afterwards.
 * closes_all BOOTSTRAP close_range|closefrom|loop [COUNT]
 * links: rdkafka
 */
#define _GNU_SOURCE
#include "host.h"
#include <string.h>
#include <unistd.h>

static void close_everything(const char *how)
{
	if (strcmp(how, "close_range") == 0)
		close_range(3, ~0u, 0);
	else if (strcmp(how, "closefrom") == 0)
		closefrom(3);
	else
		for (int fd = 3; fd < 1024; fd++)
			close(fd);
}

static void send_orders(rd_kafka_topic_t *orders, int count)
{
	for (int i = 0; i < count; i++)
		rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &i,
				 sizeof(i), NULL, 0, NULL);
}

int main(int argc, char **argv)
{
	const char *bootstrap = host_bootstrap(argc, argv);
	const char *how = argc > 2 ? argv[2] : "close_range";
	int count = host_number(argc, argv, 3, 100);

	for (int round = 0; round < 2; round++) {
		rd_kafka_t *rk;
		rd_kafka_topic_t *orders;

		close_everything(how);
		rk = host_producer(host_conf(bootstrap));
		orders = host_topic(rk);
		send_orders(orders, count);
		printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
		rd_kafka_topic_destroy(orders);
		rd_kafka_destroy(rk);
	}
	return 0;
}
