/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outlasts.c - what a program does while its answers are withheld (`run --prove`).
 *
 * outlasts BOOTSTRAP WAY [COUNT]; the ways are the rows at the end.
 * links: rdkafka
 */
#include "host.h"
#include <string.h>

#define LONG_US 6500000 /* more than any answer is withheld */

static int count, told;

static void reported(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk, (void)message, (void)opaque;
	told++;
}

static void send_orders(rd_kafka_t *rk)
{
	for (int i = 0; i < count; i++)
		rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(HOST_TOPIC),
				  RD_KAFKA_V_VALUE((void *)"order", 5), RD_KAFKA_V_END);
}

static rd_kafka_t *another(const char *bootstrap)
{
	rd_kafka_conf_t *conf = host_conf(bootstrap);

	rd_kafka_conf_set_dr_msg_cb(conf, reported);
	return host_producer(conf);
}

/* Until the broker has so many, and so has answered: asked by another client, whose own
 * answers nobody withholds. */
static void nap(const char *bootstrap, int messages)
{
	char why[256];
	rd_kafka_t *watch =
		rd_kafka_new(RD_KAFKA_CONSUMER, host_conf(bootstrap), why, sizeof(why));

	if (!watch)
		exit(2);
	host_nap(watch, messages);
	rd_kafka_destroy(watch);
}

/* --- it ends, or throws away ---------------------------------------------------------- */

static void naps(rd_kafka_t *rk, const char *bootstrap)
{
	send_orders(rk);
	nap(bootstrap, count);
}

static void naps_and_destroys(rd_kafka_t *rk, const char *bootstrap)
{
	naps(rk, bootstrap);
	rd_kafka_destroy(rk);
}

static void naps_and_purges(rd_kafka_t *rk, const char *bootstrap)
{
	naps(rk, bootstrap);
	rd_kafka_purge(rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
	rd_kafka_poll(rk, 0);
}

/* flush(0) and one outq_len() only look. */
static void flush_of_nothing(rd_kafka_t *rk, const char *bootstrap)
{
	naps(rk, bootstrap);
	rd_kafka_flush(rk, 0);
}

static void outq_once(rd_kafka_t *rk, const char *bootstrap)
{
	naps(rk, bootstrap);
	rd_kafka_outq_len(rk);
}

/* Another producer's flush is no wait for this one. */
static void flushes_another(rd_kafka_t *rk, const char *bootstrap)
{
	rd_kafka_t *other = another(bootstrap);

	send_orders(rk);
	send_orders(other);
	nap(bootstrap, 2 * count);
	rd_kafka_flush(other, 30000);
	while (rd_kafka_outq_len(other) > 0)
		usleep(1000);
	usleep(300000); /* the first one's reports come, too */
}

/* --- it gives up ------------------------------------------------------------------------ */

static void polls_for_a_while(rd_kafka_t *rk, const char *bootstrap)
{
	naps(rk, bootstrap);
	for (int i = 0; i < 5; i++)
		rd_kafka_poll(rk, 100);
}

static void flushes_briefly(rd_kafka_t *rk, const char *bootstrap)
{
	naps(rk, bootstrap);
	rd_kafka_flush(rk, 4000);
}

/* --- it waits --------------------------------------------------------------------------- */

static void sleeps_long(rd_kafka_t *rk, const char *bootstrap)
{
	naps(rk, bootstrap);
	usleep(LONG_US);
	rd_kafka_poll(rk, 0);
}

static void one_by_one(rd_kafka_t *rk, const char *bootstrap)
{
	int all = count;

	(void)bootstrap;
	for (count = 1; all; all--) {
		send_orders(rk);
		rd_kafka_flush(rk, 30000);
	}
}

/* Without a call that says that it waits. */
static void counts_one_by_one(rd_kafka_t *rk, const char *bootstrap)
{
	int all = count;

	(void)bootstrap;
	count = 1;
	for (int i = 1; i <= all; i++) {
		send_orders(rk);
		while (told < i)
			rd_kafka_poll(rk, 100);
	}
}

static void flushes_in_a_loop(rd_kafka_t *rk, const char *bootstrap)
{
	(void)bootstrap;
	send_orders(rk);
	while (rd_kafka_flush(rk, 50))
		;
}

/* A consumer in the same program gets what was produced while the producer's own answer is
 * withheld: nothing but that is. */
static void consumes_beside(rd_kafka_t *rk, const char *bootstrap)
{
	rd_kafka_conf_t *conf = host_conf(bootstrap);
	char why[256];

	host_set(conf, "group.id", "beside");
	rd_kafka_t *consumer = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof(why));
	rd_kafka_topic_partition_list_t *whole = rd_kafka_topic_partition_list_new(4);

	for (int32_t i = 0; i < 4; i++)
		rd_kafka_topic_partition_list_add(whole, HOST_TOPIC, i)->offset =
			RD_KAFKA_OFFSET_BEGINNING;
	if (!consumer || rd_kafka_assign(consumer, whole))
		exit(2);
	send_orders(rk);
	for (int got = 0; got < count;) {
		rd_kafka_message_t *message = rd_kafka_consumer_poll(consumer, 100);

		got += message && !message->err;
		if (message)
			rd_kafka_message_destroy(message);
	}
	if (rd_kafka_outq_len(rk) != count)
		exit(3); /* they came after the producer's own answers */
	rd_kafka_topic_partition_list_destroy(whole);
	rd_kafka_consumer_close(consumer);
	rd_kafka_destroy(consumer);
	rd_kafka_flush(rk, 30000);
}

/* --- transactions ----------------------------------------------------------------------- */

static void check(rd_kafka_error_t *error)
{
	if (!error)
		return;
	printf("%s\n", rd_kafka_error_name(error));
	exit(2);
}

static void commits(rd_kafka_t *rk, const char *bootstrap)
{
	check(rd_kafka_init_transactions(rk, 30000));
	check(rd_kafka_begin_transaction(rk));
	(void)bootstrap;
	send_orders(rk);
	check(rd_kafka_commit_transaction(rk, 30000));
}

static void leaves_open(rd_kafka_t *rk, const char *bootstrap)
{
	check(rd_kafka_init_transactions(rk, 30000));
	check(rd_kafka_begin_transaction(rk));
	(void)bootstrap;
	send_orders(rk);
	usleep(300000);
}

/* --- all of them ------------------------------------------------------------------------ */

static const struct way {
	const char *name;
	void (*run)(rd_kafka_t *rk, const char *bootstrap);
} ways[] = {
	{"naps", naps},
	{"destroys", naps_and_destroys},
	{"purges", naps_and_purges},
	{"flush_0", flush_of_nothing},
	{"outq_once", outq_once},
	{"flushes_another", flushes_another},
	{"polls_for_a_while", polls_for_a_while},
	{"flushes_briefly", flushes_briefly},
	{"sleeps_long", sleeps_long},
	{"one_by_one", one_by_one},
	{"counts_one_by_one", counts_one_by_one},
	{"flushes_in_a_loop", flushes_in_a_loop},
	{"consumes_beside", consumes_beside},
	{"acks_0", naps},
	{"impatient", sleeps_long},
	{"commit", commits},
	{"commit_not", leaves_open},
};

static rd_kafka_conf_t *conf_of(const char *way, const char *bootstrap)
{
	rd_kafka_conf_t *conf = host_conf(bootstrap);

	rd_kafka_conf_set_dr_msg_cb(conf, reported);
	if (strcmp(way, "acks_0") == 0)
		host_set(conf, "acks", "0");
	if (strcmp(way, "impatient") == 0)
		host_set(conf, "message.timeout.ms", "3000");
	if (strncmp(way, "commit", 6) == 0)
		host_set(conf, "transactional.id", "orders");
	return conf;
}

int main(int argc, char **argv)
{
	const char *name = argc > 2 ? argv[2] : "naps", *bootstrap = host_bootstrap(argc, argv);

	count = host_number(argc, argv, 3, 20);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (strcmp(ways[i].name, name) != 0)
			continue;
		ways[i].run(host_producer(conf_of(name, bootstrap)), bootstrap);
		printf("told: %d\n", told);
		return 0;
	}
	fprintf(stderr, "no way is called '%s'\n", name);
	return 2;
}
