/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forks_then_produces.c - a child produces with the handle of its parent.
 *
 * fork() copies the queue but not librdkafka's threads: nothing that the
 * child produces is ever sent. Its parent flushes and is fine.
 * forks_then_produces [BOOTSTRAP [COUNT]]
 * links: rdkafka
 */
#include "host.h"
#include <sys/wait.h>
#include <unistd.h>

static void send_orders(rd_kafka_topic_t *orders, int count)
{
	for (int i = 0; i < count; i++)
		rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &i,
				 sizeof(i), NULL, 0, NULL);
}

int main(int argc, char **argv)
{
	int count = host_number(argc, argv, 2, 100);
	rd_kafka_t *rk = host_producer(host_conf(host_bootstrap(argc, argv)));
	rd_kafka_topic_t *orders = host_topic(rk);
	int status = 0;
	pid_t child;

	send_orders(orders, count);
	printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
	fflush(stdout);
	child = fork();
	if (child == 0) {
		send_orders(orders, count);
		_exit(0);
	}
	waitpid(child, &status, 0);
	printf("child: %d\n", status);
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
	return 0;
}
