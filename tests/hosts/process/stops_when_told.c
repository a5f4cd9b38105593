/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stops_when_told.c - a server that SIGTERM ends: it produces, says "ready", waits for the
 * signal, stops, and then ends by the same signal, or with 128 plus its number.
 *
 *	stops_when_told BROKER COUNT flush|forget|default signal|status
 *
 * flush: it waits for its messages before it ends. forget: it does not. default: it leaves
 * the signal as it is.
 *
 * links: rdkafka
 */
#include "host.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void nothing(int number)
{
	(void)number;
}

static void end_by(const char *how, const sigset_t *mask)
{
	if (strcmp(how, "status") == 0)
		_exit(128 + SIGTERM);
	signal(SIGTERM, SIG_DFL);
	sigprocmask(SIG_SETMASK, mask, NULL);
	raise(SIGTERM);
}

int main(int argc, char **argv)
{
	sigset_t term, before;

	if (argc < 5)
		return 2;
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, &before);
	signal(SIGUSR1, nothing);
	if (strcmp(argv[3], "default") != 0)
		signal(SIGTERM, nothing);
	rd_kafka_t *rk = host_producer(host_conf(argv[1]));
	rd_kafka_topic_t *orders = host_topic(rk);
	for (int i = 0; i < atoi(argv[2]); i++)
		rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &i,
				 sizeof(i), NULL, 0, NULL);
	printf("ready\n");
	fflush(stdout);
	sigsuspend(&before);
	if (strcmp(argv[3], "flush") == 0)
		rd_kafka_flush(rk, 20000);
	end_by(argv[4], &before);
	return 1;
}
