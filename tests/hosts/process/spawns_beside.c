/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spawns_beside.c - a producer of 100 orders that has other programs run meanwhile.
 *
 * They do nothing to its connections. Afterwards it flushes, or forgets to.
 * spawns_beside BOOTSTRAP spawn|system|popen|vfork|fork flush|forget
 * links: rdkafka
 */
#define _GNU_SOURCE
#include "host.h"
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>

#define ORDERS 100

extern char **environ;

static char *const nothing[] = {"true", NULL};

static void spawn(void)
{
	pid_t pid;

	if (posix_spawnp(&pid, "true", NULL, NULL, nothing, environ) == 0)
		waitpid(pid, NULL, 0);
}

static void become(bool forks)
{
	pid_t pid = forks ? fork() : vfork();

	if (pid == 0) {
		execvp("true", nothing);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
}

static void run_another(const char *how)
{
	if (strcmp(how, "spawn") == 0)
		spawn();
	else if (strcmp(how, "system") == 0)
		printf("system: %d\n", system("true"));
	else if (strcmp(how, "popen") == 0)
		printf("popen: %d\n", pclose(popen("true", "r")));
	else
		become(strcmp(how, "fork") == 0);
}

int main(int argc, char **argv)
{
	const char *how = argv[2];
	rd_kafka_t *rk = host_producer(host_conf(host_bootstrap(argc, argv)));
	rd_kafka_topic_t *orders = host_topic(rk);

	for (int i = 0; i < ORDERS; i++) {
		if (rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY,
				     "order", 5, NULL, 0, NULL))
			fprintf(stderr, "order %d was refused\n", i);
		if (i == ORDERS / 2)
			run_another(how);
	}
	if (strcmp(argv[3], "flush") == 0)
		rd_kafka_flush(rk, 30000);
	run_another(how);
	printf("sent %d orders\n", ORDERS);
	return 0;
}
