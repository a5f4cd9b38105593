/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_broker.c - the embedded broker does as its options say
 */
#include "run/broker.h"

#include <stddef.h>
#include <stdint.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "testing.h"

static struct broker *started(const struct broker_options *options)
{
	char why[256] = "";
	struct broker *broker = broker_start(options, why, sizeof(why));

	if (!broker)
		fail_msg("%s", why);
	return broker;
}

static void set(rd_kafka_conf_t *conf, const char *key, const char *value)
{
	char why[256];

	assert_int_equal(rd_kafka_conf_set(conf, key, value, why, sizeof(why)), 0);
}

static rd_kafka_t *producer(const struct broker *broker)
{
	char why[256];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();

	set(conf, "bootstrap.servers", broker_bootstrap(broker));
	set(conf, "linger.ms", "0");
	set(conf, "retries", "0");
	rd_kafka_conf_set_log_cb(conf, NULL);
	return rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
}

/* Partitions of a topic as a client is told; -1: there was no answer. */
static int partitions_of(const struct broker *broker, const char *topic, int *brokers)
{
	const struct rd_kafka_metadata *metadata;
	rd_kafka_t *client = producer(broker);
	rd_kafka_topic_t *handle = rd_kafka_topic_new(client, topic, NULL);
	int found = -1;

	if (rd_kafka_metadata(client, 0, handle, &metadata, 1500) == 0) {
		found = metadata->topics[0].partition_cnt;
		*brokers = metadata->broker_cnt;
		rd_kafka_metadata_destroy(metadata);
	}
	rd_kafka_topic_destroy(handle);
	rd_kafka_destroy(client);
	return found;
}

/* What the delivery report of one message says, and how long it took. */
static rd_kafka_resp_err_t produce_one(rd_kafka_t *client, double *took_ms)
{
	struct timespec from, to;
	rd_kafka_queue_t *queue = rd_kafka_queue_get_main(client);

	clock_gettime(CLOCK_MONOTONIC, &from);
	assert_int_equal(rd_kafka_producev(client, RD_KAFKA_V_TOPIC("t"),
					   RD_KAFKA_V_VALUE((void *)(uintptr_t) "x", 1),
					   RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
					   RD_KAFKA_V_END),
			 0);
	rd_kafka_event_t *event = NULL;
	while (!event || rd_kafka_event_type(event) != RD_KAFKA_EVENT_DR) {
		rd_kafka_event_destroy(event);
		event = rd_kafka_queue_poll(queue, 5000);
		assert_non_null(event);
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	rd_kafka_resp_err_t error = rd_kafka_event_message_next(event)->err;
	rd_kafka_event_destroy(event);
	rd_kafka_queue_destroy(queue);
	*took_ms = (double)(to.tv_sec - from.tv_sec) * 1e3 +
		   (double)(to.tv_nsec - from.tv_nsec) / 1e6;
	return error;
}

static rd_kafka_t *event_producer(const struct broker *broker)
{
	char why[256];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();

	set(conf, "bootstrap.servers", broker_bootstrap(broker));
	set(conf, "linger.ms", "0");
	set(conf, "retries", "0");
	rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_DR);
	rd_kafka_conf_set_log_cb(conf, NULL);
	return rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
}

static void topics_are_made_as_asked(void **state)
{
	const char *names[] = {"three:3", "default"};
	const struct broker_options options = {
		.brokers = 2, .partitions = 7, .topics = names, .topic_count = 2};
	struct broker *broker = started(&options);
	int brokers = 0;

	(void)state;
	assert_non_null(strchr(broker_bootstrap(broker), ','));
	assert_int_equal(partitions_of(broker, "three", &brokers), 3);
	assert_int_equal(partitions_of(broker, "default", &brokers), 7);
	assert_true(partitions_of(broker, "asked for", &brokers) > 0);
	assert_int_equal(brokers, 2);
	broker_stop(broker);
}

static void errors_come_as_often_as_asked(void **state)
{
	const char *errors[] = {"Produce=MSG_SIZE_TOO_LARGE:2,Produce=INVALID_REQUIRED_ACKS"};
	const struct broker_options options = {
		.brokers = 1, .partitions = 1, .errors = errors, .error_count = 1};
	struct broker *broker = started(&options);
	rd_kafka_t *client = event_producer(broker);
	double took;

	(void)state;
	assert_int_equal(produce_one(client, &took), RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
	assert_int_equal(produce_one(client, &took), RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
	assert_int_equal(produce_one(client, &took), RD_KAFKA_RESP_ERR_INVALID_REQUIRED_ACKS);
	assert_int_equal(produce_one(client, &took), 0);
	rd_kafka_destroy(client);
	broker_stop(broker);
}

static void answers_take_their_time(void **state)
{
	const struct broker_options options = {.brokers = 1, .partitions = 1, .rtt_ms = 120};
	struct broker *broker = started(&options);
	rd_kafka_t *client = event_producer(broker);
	double took;

	(void)state;
	assert_int_equal(produce_one(client, &took), 0); /* connects as well */
	assert_int_equal(produce_one(client, &took), 0);
	assert_true(took >= 119);
	rd_kafka_destroy(client);
	broker_stop(broker);
}

static void a_broker_that_is_down_answers_nobody(void **state)
{
	const struct broker_options options = {.brokers = 1, .partitions = 1, .down = true};
	struct broker *broker = started(&options);
	int brokers;

	(void)state;
	assert_int_equal(partitions_of(broker, "t", &brokers), -1);
	broker_stop(broker);
}

static void what_is_not_understood_is_said(void **state)
{
	static const struct {
		const char *errors, *topic, *words;
	} cases[] = {
		{"Produce", NULL, "is not API=ERROR"},
		{"Produkt=_TRANSPORT", NULL, "'Produkt' is no request"},
		{"Produce=OOPS", NULL, "'OOPS' is no error"},
		{"Produce=_TRANSPORT:0", NULL, "'0' is not a count"},
		{"Produce=_TRANSPORT:5x", NULL, "'5x' is not a count"},
		{"Produce=_TRANSPORT,Fetch=", NULL, "'' is no error"},
		{NULL, ":3", "is not a topic's name"},
		{NULL, "t:", "partitions must be"},
		{NULL, "t:-1", "partitions must be"},
		{NULL, "t:1001", "partitions must be"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *errors[] = {cases[i].errors}, *topics[] = {cases[i].topic};
		const struct broker_options options = {
			.brokers = 1,
			.partitions = 1,
			.errors = errors,
			.error_count = cases[i].errors ? 1 : 0,
			.topics = topics,
			.topic_count = cases[i].topic ? 1 : 0,
		};
		char why[256] = "";

		assert_false(broker_check(&options, why, sizeof(why)));
		if (!strstr(why, cases[i].words))
			fail_msg("case %zu: '%s'", i, why);
		assert_null(broker_start(&options, why, sizeof(why)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(topics_are_made_as_asked),
		cmocka_unit_test(errors_come_as_often_as_asked),
		cmocka_unit_test(answers_take_their_time),
		cmocka_unit_test(a_broker_that_is_down_answers_nobody),
		cmocka_unit_test(what_is_not_understood_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
