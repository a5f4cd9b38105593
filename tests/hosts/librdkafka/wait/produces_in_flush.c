/* SPDX-License-Identifier: Apache-2.0 */
/*
 * produces_in_flush.c - while one thread is inside flush, another produces: librdkafka goes on
 * until that is delivered, too.
 *
 * No reports are asked for: nothing but the flush shows that the program waited.
 * produces_in_flush [BOOTSTRAP]
 * links: rdkafka threads
 */
#include "host.h"
#include <pthread.h>

static rd_kafka_topic_t *orders;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int flushing, produced_inside;

static void send_order(int number)
{
	rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &number,
			 sizeof(number), NULL, 0, NULL);
}

static void flushing_is(int now)
{
	pthread_mutex_lock(&lock);
	flushing = now;
	pthread_mutex_unlock(&lock);
}

static void *produce_inside(void *unused)
{
	while (!produced_inside) {
		usleep(50000); /* it is in the middle of it then, most likely */
		pthread_mutex_lock(&lock);
		if (flushing) {
			send_order(1);
			produced_inside = 1;
		}
		pthread_mutex_unlock(&lock);
	}
	return unused;
}

int main(int argc, char **argv)
{
	rd_kafka_t *rk = host_producer(host_conf(host_bootstrap(argc, argv)));
	rd_kafka_resp_err_t flushed = RD_KAFKA_RESP_ERR_NO_ERROR;
	pthread_t thread;

	orders = host_topic(rk);
	pthread_create(&thread, NULL, produce_inside, NULL);
	/* Once more, if the other thread came too late. */
	for (int over = 0; !over && !flushed;) {
		send_order(0);
		flushing_is(1);
		flushed = rd_kafka_flush(rk, 30000);
		flushing_is(0);
		over = produced_inside;
	}
	pthread_join(thread, NULL);
	printf("flush: %s\n", rd_kafka_err2name(flushed));
	return 0;
}
