/* SPDX-License-Identifier: Apache-2.0 */
/*
 * many_producers.c - more producers than anybody would keep apart.
 *
 * "successive": one after the other, each flushed and destroyed; with
 * "forget" the last one is not flushed, and so slow that it ought to have
 * been. "together": all alive at a time; with "fails" one more cannot be made.
 * "abandoned": each destroyed without a flush, by 16 threads.
 * many_producers BOOTSTRAP successive|together|abandoned COUNT [flush|forget [fails]]
 * links: rdkafka threads
 */
#include "host.h"
#include <pthread.h>
#include <string.h>

#define EACH 3
#define THREADS 16

static rd_kafka_t *all[200];

static void reported(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk, (void)opaque;
	if (message->err)
		printf("failed: %s\n", rd_kafka_err2name(message->err));
}

static rd_kafka_t *producer_make(const char *bootstrap, int slow)
{
	rd_kafka_conf_t *conf = host_conf(bootstrap);

	if (slow)
		host_set(conf, "linger.ms", "5000");
	rd_kafka_conf_set_dr_msg_cb(conf, reported);
	return host_producer(conf);
}

/* Its certificate is not there. */
static void producer_refuse(const char *bootstrap)
{
	rd_kafka_conf_t *conf = host_conf(bootstrap);
	char why[512];

	host_set(conf, "security.protocol", "ssl");
	host_set(conf, "ssl.ca.location", "/no/such/file");
	host_set(conf, "log_level", "0");
	if (!rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why)))
		rd_kafka_conf_destroy(conf);
}

static void send_orders(rd_kafka_t *rk)
{
	rd_kafka_topic_t *orders = host_topic(rk);

	for (int i = 0; i < EACH; i++)
		rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &i,
				 sizeof(i), NULL, 0, NULL);
	rd_kafka_topic_destroy(orders);
}

static void producer_end(rd_kafka_t *rk, int flush)
{
	if (flush && rd_kafka_flush(rk, 30000))
		printf("flush failed\n");
	rd_kafka_destroy(rk);
}

static struct {
	const char *bootstrap;
	int left;
} abandoned;

static void *abandon(void *unused)
{
	(void)unused;
	while (__atomic_fetch_sub(&abandoned.left, 1, __ATOMIC_RELAXED) > 0) {
		rd_kafka_t *rk = producer_make(abandoned.bootstrap, 0);

		send_orders(rk);
		producer_end(rk, 0);
	}
	return NULL;
}

/* They wait for each other's threads to end more than they work. */
static int abandon_all(const char *bootstrap, int count)
{
	pthread_t threads[THREADS];

	abandoned.bootstrap = bootstrap;
	abandoned.left = count;
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, abandon, NULL))
			return 2;
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	return 0;
}

int main(int argc, char **argv)
{
	int count = host_number(argc, argv, 3, 100);
	int together = argc > 2 && strcmp(argv[2], "together") == 0;
	int forget = argc > 4 && strcmp(argv[4], "forget") == 0;

	if (argc > 2 && strcmp(argv[2], "abandoned") == 0)
		return abandon_all(host_bootstrap(argc, argv), count);
	for (int i = 0; i < count; i++) {
		all[i % 200] =
			producer_make(host_bootstrap(argc, argv), forget && i == count - 1);
		send_orders(all[i % 200]);
		if (!together)
			producer_end(all[i % 200], !forget || i < count - 1);
	}
	if (argc > 5)
		producer_refuse(host_bootstrap(argc, argv));
	for (int i = 0; together && i < count; i++)
		producer_end(all[i], !forget || i < count - 1);
	return 0;
}
