/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exits.c - produces, waits as it is told, then leaves by the door it is told to take.
 *
 * exits BOOTSTRAP WAY [WAITING [COUNT [ACKS [PATIENCE_MS]]]]
 * WAY is a row of `ways` below. WAITING: "flush"; "poll" until nothing is
 * queued; "sleep" and hope; anything else leaves at once. Says what came of it.
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

static rd_kafka_t *producer;
static rd_kafka_topic_t *topic;

static void leave_by_destroy(void)
{
	rd_kafka_topic_destroy(topic);
	rd_kafka_destroy(producer);
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
	{"destroy", leave_by_destroy},
};

static void send_orders(rd_kafka_topic_t *orders, int count)
{
	for (int i = 0; i < count; i++)
		rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &i,
				 sizeof(i), NULL, 0, NULL);
}

static void wait_by_flush(int patience_ms)
{
	printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(producer, patience_ms)));
}

static void wait_by_poll(int patience_ms)
{
	int left = rd_kafka_outq_len(producer);

	for (; left > 0 && patience_ms > 0; patience_ms -= 10) {
		rd_kafka_poll(producer, 10);
		left = rd_kafka_outq_len(producer);
	}
	printf("poll: %s\n", left == 0 ? "empty" : "gave up");
}

static void wait_by_sleep(int patience_ms)
{
	usleep((unsigned)patience_ms * 1000);
}

static const struct {
	const char *name;
	void (*wait)(int patience_ms);
} waits[] = {
	{"flush", wait_by_flush},
	{"poll", wait_by_poll},
	{"sleep", wait_by_sleep},
};

int main(int argc, char **argv)
{
	const char *way = argc > 2 ? argv[2] : "return";
	const char *waiting = argc > 3 ? argv[3] : "nothing";
	struct rlimit no_core = {0, 0};
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));

	setrlimit(RLIMIT_CORE, &no_core);
	if (argc > 5)
		host_set(conf, "acks", argv[5]);
	producer = host_producer(conf);
	topic = host_topic(producer);
	send_orders(topic, host_number(argc, argv, 4, 100));
	for (size_t i = 0; i < sizeof(waits) / sizeof(*waits); i++)
		if (strcmp(waits[i].name, waiting) == 0)
			waits[i].wait(host_number(argc, argv, 6, 30000));
	printf("leaving by %s\n", way);
	fflush(stdout);
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (ways[i].leave && strcmp(ways[i].name, way) == 0)
			ways[i].leave();
	return 3;
}
