/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exits.c - produces, then leaves by the door it is told to take.
 *
 * exits BOOTSTRAP WAY [flush] [COUNT]
 * WAY is a row of `ways` below. With "flush" the messages are safe first.
 * links: rdkafka threads
 */
#define _GNU_SOURCE
#include "host.h"
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static void *exit_of_thread(void *unused)
{
	(void)unused;
	exit(3);
}

static void leave_by_thread(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, exit_of_thread, NULL) == 0)
		pthread_join(thread, NULL);
}

static void leave_by_exit(void)
{
	exit(3);
}

static void leave_by_underscore_exit(void)
{
	_exit(3);
}

static void leave_by_capital_exit(void)
{
	_Exit(3);
}

static void leave_by_quick_exit(void)
{
	quick_exit(3);
}

static void leave_by_assert(void)
{
	int orders_are_safe = 0;

	assert(orders_are_safe);
}

static void leave_by_signal(int number)
{
	kill(getpid(), number);
	pause();
}

static void leave_by_sigterm(void)
{
	leave_by_signal(SIGTERM);
}

static void leave_by_sigint(void)
{
	leave_by_signal(SIGINT);
}

static void leave_by_sigkill(void)
{
	leave_by_signal(SIGKILL);
}

static void leave_by_sigsegv(void)
{
	leave_by_signal(SIGSEGV);
}

static void leave_by_exit_group(void)
{
	syscall(SYS_exit_group, 3);
}

static void leave_by_execv(void)
{
	char *const arguments[] = {"sh", "-c", "exit 3", NULL};

	execv("/bin/sh", arguments);
}

static void leave_by_execl(void)
{
	execl("/bin/sh", "sh", "-c", "exit 3", (char *)NULL);
}

static void leave_by_failed_exec(void)
{
	execl("/no/such/program", "program", (char *)NULL);
	exit(3);
}

static const struct {
	const char *name;
	void (*leave)(void);
} ways[] = {
	{"return", NULL},
	{"exit", leave_by_exit},
	{"thread", leave_by_thread},
	{"_exit", leave_by_underscore_exit},
	{"_Exit", leave_by_capital_exit},
	{"quick_exit", leave_by_quick_exit},
	{"abort", abort},
	{"assert", leave_by_assert},
	{"SIGTERM", leave_by_sigterm},
	{"SIGINT", leave_by_sigint},
	{"SIGKILL", leave_by_sigkill},
	{"SIGSEGV", leave_by_sigsegv},
	{"exit_group", leave_by_exit_group},
	{"execv", leave_by_execv},
	{"execl", leave_by_execl},
	{"failed_exec", leave_by_failed_exec},
};

static void send_orders(rd_kafka_topic_t *orders, int count)
{
	for (int i = 0; i < count; i++)
		rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &i,
				 sizeof(i), NULL, 0, NULL);
}

int main(int argc, char **argv)
{
	const char *way = argc > 2 ? argv[2] : "return";
	int flush = argc > 3 && strcmp(argv[3], "flush") == 0;
	struct rlimit no_core = {0, 0};
	rd_kafka_t *rk = host_producer(host_conf(host_bootstrap(argc, argv)));

	setrlimit(RLIMIT_CORE, &no_core);
	send_orders(host_topic(rk), host_number(argc, argv, 4, 100));
	if (flush)
		printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
	printf("leaving by %s\n", way);
	fflush(stdout);
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (ways[i].leave && strcmp(ways[i].name, way) == 0)
			ways[i].leave();
	return 3;
}
