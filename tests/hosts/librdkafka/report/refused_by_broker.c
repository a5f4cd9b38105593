/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refused_by_broker.c - a broker of its own that answers Produce with errors.
 *
 * Its first COUNT answers hold ERROR (a number of the protocol); the
 * application is told. 29 (topic authorisation) is final, 7 (timed out) is tried
 * again by the client until it works.
 * refused_by_broker ERROR COUNT told|untold
 * links: rdkafka
 */
#include "host.h"
#include <librdkafka/rdkafka_mock.h>
#include <string.h>

static int failed;

static void reported(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	(void)rk, (void)opaque;
	failed += message->err != 0;
}

int main(int argc, char **argv)
{
	rd_kafka_resp_err_t error = host_number(argc, argv, 1, 29);
	int count = host_number(argc, argv, 2, 1);
	rd_kafka_conf_t *conf = rd_kafka_conf_new();

	host_set(conf, "test.mock.num.brokers", "1");
	host_set(conf, "log_level", "0");
	host_set(conf, "linger.ms", "200");
	host_set(conf, "retry.backoff.ms", "10");
	if (argc > 3 && strcmp(argv[3], "told") == 0)
		rd_kafka_conf_set_dr_msg_cb(conf, reported);
	rd_kafka_t *rk = host_producer(conf);
	rd_kafka_mock_cluster_t *cluster = rd_kafka_handle_mock_cluster(rk);
	rd_kafka_topic_t *orders = host_topic(rk);

	rd_kafka_mock_topic_create(cluster, HOST_TOPIC, 1, 1);
	for (int i = 0; i < count; i++)
		rd_kafka_mock_push_request_errors(cluster, 0, 1, error);
	for (int i = 0; i < 20; i++)
		rd_kafka_produce(orders, 0, RD_KAFKA_MSG_F_COPY, &i, sizeof(i), NULL, 0, NULL);
	printf("flush: %d\n", rd_kafka_flush(rk, 30000));
	printf("failed: %d\n", failed);
	rd_kafka_topic_destroy(orders);
	rd_kafka_destroy(rk);
	return 0;
}
