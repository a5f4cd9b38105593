/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_calls.c - all functions of librdkafka: the counts, who was told, and
 * whether the program waited.
 */
#include "harness.h"

#include <stdio.h>

#define PRODUCER "processes.0.producers.0."

static void expect_counts(const struct story *story, int64_t produced)
{
	assert_int_equal(story_count(story, "produced"), produced);
	assert_int_equal(story_count(story, "delivered"), produced);
	assert_int_equal(story->arrived, produced);
}

/* All taken: waited for. Ten left: the sum is known, and the program did not wait. */
static void reports_are_known(const char *way, bool background)
{
	struct story story = story_of("reports");

	story_tell(&story, "@ %s 100 100", way);
	/* A thread of librdkafka's took them: whether the program waited cannot be seen. */
	story_expect(&story, background ? "unproven" : "clean", NULL);
	expect_counts(&story, 100);
	assert_int_equal(json_number(story.summary, PRODUCER "reports_unserved"), 0);
	story_end(&story);
	if (background) /* which takes them all by itself */
		return;
	story = story_of("reports");
	story_tell(&story, "@ %s 100 90", way);
	story_expect(&story, "racy", "racy-exit");
	expect_counts(&story, 100);
	assert_int_equal(json_number(story.summary, PRODUCER "reports_unserved"), 10);
	story_end(&story);
}

static void reports_by_the_old_callback(void **state)
{
	(void)state;
	reports_are_known("dr_cb", false);
}

static void reports_by_the_callback(void **state)
{
	(void)state;
	reports_are_known("dr_msg_cb", false);
}

static void reports_by_the_callback_on_a_queue(void **state)
{
	(void)state;
	reports_are_known("callback_queue", false);
}

static void reports_as_events(void **state)
{
	(void)state;
	reports_are_known("events", false);
}

static void reports_on_a_forwarded_queue(void **state)
{
	(void)state;
	reports_are_known("forwarded", false);
}

static void reports_in_the_background(void **state)
{
	(void)state;
	reports_are_known("background", true);
}

static void producers_one_after_the_other_stay_clean(void **state)
{
	struct story story = story_of("many_producers");

	(void)state;
	story_tell(&story, "@ successive 150 flush");
	story_expect(&story, "clean", NULL);
	expect_counts(&story, 3 * 150);
	story_end(&story);
}

/* The last of them continues another's row, and is judged, too. */
static void the_last_of_many_producers_is_not_overlooked(void **state)
{
	struct story story = story_of("many_producers");

	(void)state;
	story_tell(&story, "@ successive 150 forget");
	story_expect(&story, "lost", "destroy-without-flush");
	assert_int_equal(story_count(&story, "produced"), 3 * 150);
	story_expect_truth(&story);
	story_end(&story);
}

/* A number of each producer, summed. */
static int64_t sum_of(const struct story *story, const char *path)
{
	json_t *producer;
	int64_t sum = 0;
	size_t i;

	json_array_foreach(json_path(story->summary, "processes.0.producers"), i, producer)
		sum += json_number(producer, path);
	return sum;
}

/* Drift: librdkafka's that share a row were told of nothing, and the first rd_kafka_new that
 * failed took the whole row away. */
static void more_producers_at_a_time_than_rows_are_counted(void **state)
{
	static const char *const ways[] = {"@ together 80 flush", "@ together 80 flush fails"};

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		struct story story = story_of("many_producers");

		story_tell(&story, "%s", ways[i]);
		expect_counts(&story, 3 * 80);
		/* For producers that share a row it is not known which one has waited: no loss
		 * is reported. */
		story_expect(&story, "blind", "waits-unseen");
		assert_int_equal(sum_of(&story, "flush.calls"), 80);
		assert_int_equal(sum_of(&story, "reports_unserved"), 0);
		story_end(&story);
	}
}

static void a_call_with_hundreds_of_headers_is_passed_on_whole(void **state)
{
	struct story story = story_of("many_headers");

	(void)state;
	story_tell(&story, "@");
	assert_string_equal(story.watched.out, "produced: NO_ERROR, errno 4711\n"
					       "unknown kind: _INVALID_ARG\n"
					       "delivered: NO_ERROR, 400 headers, order, 1\n"
					       "flush: NO_ERROR\n");
	story_expect(&story, "at_risk", "rejected-not-retried");
	expect_counts(&story, 1);
	assert_int_equal(story_count(&story, "rejected"), 1);
	story_end(&story);
}

/* A sum of its own for what finds no row: each message is counted once. */
static void more_topics_than_rows_change_no_sum(void **state)
{
	struct story story = story_of("many_topics");
	json_t *topic;
	size_t i, unknown = 0;

	(void)state;
	story_tell(&story, "@ 1200 flush");
	story_expect(&story, "clean", NULL);
	assert_int_equal(story_count(&story, "produced"), 1200);
	assert_int_equal(story_count(&story, "delivered"), 1200);
	assert_int_equal(json_number(story.summary, PRODUCER "bytes.delivered"), 5 * 1200);
	/* What of a topic is not known is no message outstanding. */
	json_array_foreach(json_path(story.summary, PRODUCER "topics"), i, topic)
	{
		json_t *outstanding = json_path(topic, "messages.outstanding");

		if (!json_is_null(json_object_get(topic, "partition")))
			continue;
		unknown += json_is_null(outstanding);
		assert_true(json_is_null(outstanding) || json_integer_value(outstanding) == 0);
	}
	assert_true(unknown > 0);
	story_end(&story);
}

static void a_configuration_in_use_can_be_duplicated(void **state)
{
	struct story story = story_of("conf_reused");

	(void)state;
	story_tell(&story, "@ 50");
	story_expect(&story, "clean", NULL);
	expect_counts(&story, 100);
	assert_string_equal(story.watched.out,
			    "its callback is its own\nflush: 0 0\ntold: 50 50\n");
	story_end(&story);
}

static void every_variant_counts_messages_and_bytes(void **state)
{
	struct story story = story_of("variants");

	(void)state;
	story_tell(&story, "@");
	story_expect(&story, "clean", NULL);
	expect_counts(&story, 40);
	assert_int_equal(json_number(story.summary, PRODUCER "bytes.produced"),
			 10 * 11 + 10 * 1 + 10 * 0 + 5 * 4 + 5 * 4);
	assert_int_equal(json_number(story.summary, PRODUCER "bytes.delivered"), 160);
	story_end(&story);
}

static void what_the_broker_refuses_has_its_error(void **state)
{
	struct story story = story_of("refused_by_broker");

	(void)state;
	story.needs_no_broker = true;
	story_tell(&story, "29 40 told");
	story_expect(&story, "failed", "delivery-failed");
	assert_int_equal(story_count(&story, "failed"), 20);
	assert_int_equal(json_number(story.summary, PRODUCER "errors.0.code"), 29);
	assert_int_equal(json_number(story.summary, PRODUCER "errors.0.messages"), 20);
	story_end(&story);

	story = story_of("refused_by_broker");
	story.needs_no_broker = true;
	story_tell(&story, "10 40 untold"); /* message too large */
	story_expect(&story, "lost", "failed-unseen");
	assert_int_equal(story_count(&story, "failed"), 20);
	assert_int_equal(json_number(story.summary, PRODUCER "errors.0.code"), 10);
	story_end(&story);
}

static void what_the_client_tries_again_is_delivered_once(void **state)
{
	struct story story = story_of("refused_by_broker");

	(void)state;
	story.needs_no_broker = true;
	story_tell(&story, "7 3 told");
	story_expect(&story, "clean", NULL);
	assert_int_equal(story_count(&story, "delivered"), 20);
	assert_int_equal(story_count(&story, "failed"), 0);
	story_end(&story);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports_by_the_old_callback),
		cmocka_unit_test(reports_by_the_callback),
		cmocka_unit_test(reports_by_the_callback_on_a_queue),
		cmocka_unit_test(reports_as_events),
		cmocka_unit_test(reports_on_a_forwarded_queue),
		cmocka_unit_test(reports_in_the_background),
		cmocka_unit_test(producers_one_after_the_other_stay_clean),
		cmocka_unit_test(the_last_of_many_producers_is_not_overlooked),
		cmocka_unit_test(a_configuration_in_use_can_be_duplicated),
		cmocka_unit_test(a_call_with_hundreds_of_headers_is_passed_on_whole),
		cmocka_unit_test(more_topics_than_rows_change_no_sum),
		cmocka_unit_test(every_variant_counts_messages_and_bytes),
		cmocka_unit_test(what_the_broker_refuses_has_its_error),
		cmocka_unit_test(what_the_client_tries_again_is_delivered_once),
		cmocka_unit_test(more_producers_at_a_time_than_rows_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
