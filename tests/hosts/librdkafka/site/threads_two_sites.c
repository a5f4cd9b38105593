/* SPDX-License-Identifier: Apache-2.0 */
/*
 * threads_two_sites.c - four threads, one producer, two lines that produce.
 *
 * Of its COUNT messages a thread sends every third as an alert, with 20
 * headers, and the others as plain orders. "forget" leaves without a flush.
 * threads_two_sites [BOOTSTRAP [COUNT [flush|forget]]]
 * links: rdkafka threads
 */
#include "host.h"
#include <pthread.h>
#include <string.h>

#define THREADS 4

static rd_kafka_t *rk;
static rd_kafka_topic_t *orders;
static int count;

#define H RD_KAFKA_V_HEADER("name", "value", 5)
#define H5 H, H, H, H, H

static int send_alert(int i)
{
	return rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(HOST_TOPIC),
				 RD_KAFKA_V_VALUE(&i, sizeof(i)),
				 RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), H5, H5, H5, H5,
				 RD_KAFKA_V_END) != 0;
}

static int send_order(int i)
{
	return rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &i,
				sizeof(i), NULL, 0, NULL) != 0;
}

static void *send_all(void *refused)
{
	for (int i = 0; i < count; i++)
		*(int *)refused += i % 3 ? send_order(i) : send_alert(i);
	return NULL;
}

int main(int argc, char **argv)
{
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));
	int refused[THREADS] = {0};
	pthread_t threads[THREADS];

	count = host_number(argc, argv, 2, 300);
	rk = host_producer(conf);
	orders = host_topic(rk);
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, send_all, &refused[i]) != 0)
			return 2;
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	printf("refused: %d %d %d %d\n", refused[0], refused[1], refused[2], refused[3]);
	if (argc <= 3 || strcmp(argv[3], "forget") != 0)
		printf("flush: %d\n", rd_kafka_flush(rk, 30000));
	return 0;
}
