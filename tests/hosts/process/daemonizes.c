/* SPDX-License-Identifier: Apache-2.0 */
/*
 * daemonizes.c - forks twice, as daemons do, and the grandchild produces.
 *
 * The first process waits (through a pipe) until the grandchild has ended,
 * so that its story is complete when the command returns.
 * daemonizes [BOOTSTRAP [COUNT [flush]]]
 * links: rdkafka
 */
#include "host.h"
#include <sys/wait.h>
#include <unistd.h>

static void work(const char *bootstrap, int count, int flush)
{
	rd_kafka_t *rk = host_producer(host_conf(bootstrap));
	rd_kafka_topic_t *orders = host_topic(rk);

	for (int i = 0; i < count; i++)
		rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &i,
				 sizeof(i), NULL, 0, NULL);
	if (flush)
		rd_kafka_flush(rk, 30000);
}

int main(int argc, char **argv)
{
	int ends[2];
	char nothing;

	if (pipe(ends) != 0)
		return 2;
	if (fork() == 0) {
		setsid();
		if (fork() == 0) {
			close(ends[0]);
			work(host_bootstrap(argc, argv), host_number(argc, argv, 2, 100),
			     argc > 3);
			exit(0);
		}
		_exit(0);
	}
	close(ends[1]);
	wait(NULL);
	while (read(ends[0], &nothing, 1) > 0)
		;
	printf("the daemon has ended\n");
	return 0;
}
