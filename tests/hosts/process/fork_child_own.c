/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fork_child_own.c - a child makes a producer of its own, as it should.
 *
 * The twin of forks_then_produces. Parent and child each flush.
 * fork_child_own [BOOTSTRAP [COUNT]]
 * links: rdkafka
 */
#include "host.h"
#include <sys/wait.h>
#include <unistd.h>

static void send_orders(const char *bootstrap, int count)
{
	rd_kafka_t *rk = host_producer(host_conf(bootstrap));
	rd_kafka_topic_t *orders = host_topic(rk);

	for (int i = 0; i < count; i++)
		rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &i,
				 sizeof(i), NULL, 0, NULL);
	printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
	fflush(stdout);
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
}

int main(int argc, char **argv)
{
	const char *bootstrap = host_bootstrap(argc, argv);
	int count = host_number(argc, argv, 2, 100);
	int status = 0;
	pid_t child;

	send_orders(bootstrap, count);
	child = fork();
	if (child == 0) {
		send_orders(bootstrap, count);
		_exit(0);
	}
	waitpid(child, &status, 0);
	printf("child: %d\n", status);
	return 0;
}
