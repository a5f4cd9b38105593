/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sends_then_queues.c - lets some messages be written, produces more, and is gone at once.
 *
 * FIRST messages are given a second to leave, LAST wait in the queue (linger.ms) when it
 * ends. The lines that produce them are send_first (in "turns" with send_second) and
 * send_last. HOW: exit, kill, turns, producers (a second one does the same), or
 * children (three do, and it waits for them). With a TIMEOUT in ms the first ones fail,
 * and nobody asked for reports.
 * sends_then_queues BOOTSTRAP FIRST LAST HOW [TIMEOUT]
 * links: rdkafka
 */
#include "host.h"
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#define PRODUCERS 2
#define CHILDREN 3
#define WRITTEN_MS 1000 /* to be written in */
#define FAILED_MS 3000	/* and to time out in: librdkafka looks once a second */
#define LINGER_MS "400"

static const char *bootstrap, *timeout;
static int first, last;

#define PRODUCE(topic, number)                                                                 \
	rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &(number),         \
			 sizeof(number), NULL, 0, NULL)

static int send_first(rd_kafka_topic_t *topic, int number)
{
	return PRODUCE(topic, number) != 0;
}

static int send_second(rd_kafka_topic_t *topic, int number)
{
	return PRODUCE(topic, number) != 0;
}

static int send_last(rd_kafka_topic_t *topic, int number)
{
	return PRODUCE(topic, number) != 0;
}

static rd_kafka_topic_t *open_topic(void)
{
	rd_kafka_conf_t *conf = host_conf(bootstrap);

	host_set(conf, "linger.ms", LINGER_MS);
	if (timeout)
		host_set(conf, "message.timeout.ms", timeout);
	return host_topic(host_producer(conf));
}

/* From here on it may only end: whatever it did before, this is what it is about. */
static void leave(const char *how)
{
	if (strcmp(how, "kill") == 0)
		raise(SIGKILL);
	_exit(0);
}

static void send_all(const char *how, int producers)
{
	rd_kafka_topic_t *topics[PRODUCERS];
	int turns = strcmp(how, "turns") == 0, refused = 0;

	for (int p = 0; p < producers; p++) {
		topics[p] = open_topic();
		for (int i = 0; i < first; i++)
			refused += turns && i % 2 ? send_second(topics[p], i)
						  : send_first(topics[p], i);
	}
	usleep((timeout ? FAILED_MS : WRITTEN_MS) * 1000);
	for (int p = 0; p < producers; p++)
		for (int i = 0; i < last; i++)
			refused += send_last(topics[p], i);
	if (refused)
		_exit(2);
	leave(how);
}

static void send_in_children(void)
{
	for (int i = 0; i < CHILDREN; i++)
		if (fork() == 0)
			send_all("exit", 1);
	while (wait(NULL) > 0)
		;
}

int main(int argc, char **argv)
{
	const char *how = argc > 4 ? argv[4] : "exit";

	bootstrap = host_bootstrap(argc, argv);
	first = host_number(argc, argv, 2, 500);
	last = host_number(argc, argv, 3, 10);
	timeout = argc > 5 ? argv[5] : NULL;
	if (strcmp(how, "children") == 0)
		send_in_children();
	else
		send_all(how, strcmp(how, "producers") == 0 ? PRODUCERS : 1);
	return 0;
}
