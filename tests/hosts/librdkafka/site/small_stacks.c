/* SPDX-License-Identifier: Apache-2.0 */
/*
 * small_stacks.c - a thread with a stack of 24 KiB produces: librdkafka is
 * content with it. Nothing is sent: no broker is there.
 * links: rdkafka threads
 */
#include "host.h"
#include <pthread.h>
#include <unistd.h>

static rd_kafka_t *producer;
static rd_kafka_topic_t *topic;
static int taken;

static void *produce(void *unused)
{
	taken = rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, "x", 1,
				 NULL, 0, NULL) == 0;
	return unused;
}

int main(void)
{
	rd_kafka_conf_t *conf = host_conf("127.0.0.1:1");
	pthread_attr_t small;
	pthread_t thread;

	host_set(conf, "log_level", "0");
	producer = host_producer(conf);
	topic = host_topic(producer);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 24576);
	if (pthread_create(&thread, &small, produce, NULL) == 0)
		pthread_join(thread, NULL);
	printf("taken: %d\n", taken);
	fflush(stdout);
	_exit(0);
}
