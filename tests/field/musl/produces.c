/* SPDX-License-Identifier: Apache-2.0 */
/*
 * produces.c - COUNT messages from main or from four threads of the libc's own stack size,
 * then a flush, a return, an _exit, or a fork whose child produces one more.
 *
 * produces BOOTSTRAP TOPIC COUNT main|threads flush|return|_exit|fork
 */
#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 4

static rd_kafka_t *producer;
static rd_kafka_topic_t *topic;
static int each;

static void *send_orders(void *unused)
{
	(void)unused;
	for (int i = 0; i < each; i++)
		if (rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, "order",
				     5, NULL, 0, NULL) != 0)
			exit(2);
	return NULL;
}

static void produce(int count, int in_threads)
{
	pthread_t threads[THREADS];

	each = in_threads ? count / THREADS : count;
	for (int i = 0; in_threads && i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, send_orders, NULL) != 0)
			exit(2);
	for (int i = 0; in_threads && i < THREADS; i++)
		pthread_join(threads[i], NULL);
	if (!in_threads)
		send_orders(NULL);
}

static void child_produces(void)
{
	pid_t child = fork();

	if (child == 0) {
		each = 1;
		send_orders(NULL);
		_exit(0);
	}
	waitpid(child, NULL, 0);
}

int main(int argc, char **argv)
{
	char why[256];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();

	if (argc != 6 || rd_kafka_conf_set(conf, "bootstrap.servers", argv[1], why,
					   sizeof(why)) != RD_KAFKA_CONF_OK)
		return 2;
	producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
	topic = producer ? rd_kafka_topic_new(producer, argv[2], NULL) : NULL;
	if (!topic)
		return 2;
	produce(atoi(argv[3]), strcmp(argv[4], "threads") == 0);
	if (strcmp(argv[5], "fork") == 0)
		child_produces();
	if (strcmp(argv[5], "_exit") == 0)
		_exit(0);
	if (strcmp(argv[5], "return") == 0)
		return 0;
	printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(producer, 30000)));
	return 0;
}
