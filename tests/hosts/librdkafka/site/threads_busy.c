/* SPDX-License-Identifier: Apache-2.0 */
/*
 * threads_busy.c - so many threads (2) produce without end, until somebody kills it.
 *
 * Takes its delivery reports as it goes. Says "busy" once it has begun.
 * threads_busy [BOOTSTRAP [ACKS [THREADS]]]
 * links: rdkafka threads
 */
#include "host.h"
#include <pthread.h>
#include <string.h>
#include <unistd.h>

static rd_kafka_t *rk;
static rd_kafka_topic_t *orders;
static int threads;

static void on_report(rd_kafka_t *handle, const rd_kafka_message_t *message, void *opaque)
{
	(void)handle;
	(void)message;
	(void)opaque;
}

static void *produce_without_end(void *unused)
{
	char order[100];

	(void)unused;
	memset(order, 'o', sizeof(order));
	for (;;) {
		if (rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, order,
				     sizeof(order), NULL, 0, NULL))
			usleep(1000);
		/* The embedded broker keeps 5 MiB of a partition: no need to race. */
		for (volatile int pause = 0; pause < 1000 * threads; pause++)
			;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));
	pthread_t thread;

	threads = host_number(argc, argv, 3, 2);
	if (argc > 2)
		host_set(conf, "acks", argv[2]);
	host_set(conf, "linger.ms", "1");
	host_set(conf, "queue.buffering.max.messages", "20000");
	rd_kafka_conf_set_dr_msg_cb(conf, on_report);
	rk = host_producer(conf);
	orders = host_topic(rk);
	for (int i = 0; i < threads; i++)
		if (pthread_create(&thread, NULL, produce_without_end, NULL) != 0)
			return 2;
	printf("busy\n");
	fflush(stdout);
	for (;;)
		rd_kafka_poll(rk, 100);
}
