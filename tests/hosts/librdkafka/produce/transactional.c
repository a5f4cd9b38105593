/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transactional.c - a transaction that is committed, aborted, or left open.
 *
 * transactional BOOTSTRAP commit|abort|open [COUNT]
 * links: rdkafka
 */
#include "host.h"
#include <string.h>

static void check(const char *step, rd_kafka_error_t *error)
{
	printf("%s: %s\n", step, error ? rd_kafka_error_name(error) : "ok");
	if (error)
		rd_kafka_error_destroy(error);
}

int main(int argc, char **argv)
{
	const char *end = argc > 2 ? argv[2] : "commit";
	int count = host_number(argc, argv, 3, 100);
	rd_kafka_conf_t *conf = host_conf(host_bootstrap(argc, argv));
	rd_kafka_topic_t *orders;
	rd_kafka_t *rk;

	host_set(conf, "transactional.id", "orders");
	rk = host_producer(conf);
	orders = host_topic(rk);
	check("init", rd_kafka_init_transactions(rk, 30000));
	check("begin", rd_kafka_begin_transaction(rk));
	for (int i = 0; i < count; i++)
		rd_kafka_produce(orders, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, &i,
				 sizeof(i), NULL, 0, NULL);
	if (strcmp(end, "commit") == 0)
		check("commit", rd_kafka_commit_transaction(rk, 30000));
	else if (strcmp(end, "abort") == 0)
		check("abort", rd_kafka_abort_transaction(rk, 30000));
	else
		printf("flush: %s\n", rd_kafka_err2name(rd_kafka_flush(rk, 30000)));
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
	return 0;
}
