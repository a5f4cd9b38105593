/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transactional.c - a transaction that is committed (and another begun, which stays empty),
 * aborted, left open, or ended by another producer with its transactional.id. "killed" is by
 * SIGALRM, a second after commit was called.
 *
 * transactional BOOTSTRAP commit|killed|empty|abort|open|fenced [COUNT [TOPIC]]
 * links: rdkafka
 */
#include "host.h"
#include <string.h>
#include <unistd.h>

static void check(const char *step, rd_kafka_error_t *error)
{
	printf("%s: %s\n", step, error ? rd_kafka_error_name(error) : "ok");
	if (error)
		rd_kafka_error_destroy(error);
}

static rd_kafka_t *make(const char *bootstrap, const char *id)
{
	rd_kafka_conf_t *conf = host_conf(bootstrap);

	host_set(conf, "transactional.id", id);
	return host_producer(conf);
}

static void send_orders(rd_kafka_topic_t *orders, int count)
{
	for (int i = 0; i < count; i++)
		rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &i,
				 sizeof(i), NULL, 0, NULL);
}

/* Half of them are there before the other one takes the place. */
static void fence(rd_kafka_t *rk, rd_kafka_topic_t *orders, int count, rd_kafka_t *other)
{
	send_orders(orders, count / 2);
	printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
	check("init of the other", rd_kafka_init_transactions(other, 30000));
	send_orders(orders, count - count / 2);
	check("commit", rd_kafka_commit_transaction(rk, 30000));
	rd_kafka_destroy(other);
}

int main(int argc, char **argv)
{
	const char *bootstrap = host_bootstrap(argc, argv);
	const char *end = argc > 2 ? argv[2] : "commit";
	const char *id = argc > 4 ? argv[4] : "orders";
	int count = host_number(argc, argv, 3, 100);
	rd_kafka_t *rk = make(bootstrap, id);
	rd_kafka_topic_t *orders =
		rd_kafka_topic_new(rk, argc > 4 ? argv[4] : HOST_TOPIC, NULL);

	check("init", rd_kafka_init_transactions(rk, 30000));
	check("begin", rd_kafka_begin_transaction(rk));
	if (strcmp(end, "fenced") == 0)
		fence(rk, orders, count, make(bootstrap, id));
	else
		send_orders(orders, count);
	if (strcmp(end, "killed") == 0)
		alarm(1);
	if (strcmp(end, "killed") == 0 || strcmp(end, "commit") == 0 ||
	    strcmp(end, "empty") == 0)
		check("commit", rd_kafka_commit_transaction(rk, 30000));
	else if (strcmp(end, "abort") == 0)
		check("abort", rd_kafka_abort_transaction(rk, 30000));
	else if (strcmp(end, "open") == 0)
		printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
	if (strcmp(end, "empty") == 0)
		check("begin", rd_kafka_begin_transaction(rk));
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
	return 0;
}
