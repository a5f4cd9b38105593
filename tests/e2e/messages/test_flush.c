/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_flush.c - programs that wait for their last message, and programs that
 * do not.
 */
#include "harness.h"

#include <string.h>

#define PRODUCER "processes.0.producers.0."

static const char *finding_text(const struct story *story, const char *id)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_path(story->summary, "processes.0.findings"), i, row)
	{
		if (strcmp(json_text(row, "id"), id) == 0)
			return json_text(row, "text");
	}
	fail_msg("no finding %s", id);
	return NULL;
}

static void forgetting_flush_loses_all_and_names_the_line(void **state)
{
	struct story story = story_of("forgets_flush");
	const char *frame = "processes.0.producers.0.call_sites.0.frames.0";
	char path[200];

	(void)state;
	story.rtt_ms = 1000; /* so that none gets out, however slow the machine */
	story_tell(&story, "@ 1000");
	story_expect(&story, "lost", "missing-flush");
	story_expect_truth(&story);
	assert_int_equal(story_count(&story, "produced"), 1000);
	assert_false(json_is_true(json_path(story.summary, "processes.0.producers.0.waited")));
	snprintf(path, sizeof(path), "%s.function", frame);
	assert_string_equal(json_text(story.summary, path), "send_order");
	snprintf(path, sizeof(path), "%s.file", frame);
	assert_non_null(strstr(json_text(story.summary, path), "forgets_flush.c"));
	story_end(&story);
}

static void expect_clean(const char *host, int64_t produced)
{
	struct story story = story_of(host);

	story_tell(&story, "@");
	story_expect(&story, "clean", NULL);
	story_expect_truth(&story);
	assert_false(story_has(&story, "missing-flush"));
	assert_false(story_has(&story, "racy-exit"));
	assert_int_equal(story_count(&story, "produced"), produced);
	assert_int_equal(story_count(&story, "delivered"), produced);
	assert_int_equal(story.arrived, produced);
	story_end(&story);
}

static void flushing_is_clean(void **state)
{
	(void)state;
	expect_clean("flushes", 1000);
}

static void flushing_without_destroy_is_clean(void **state)
{
	(void)state;
	expect_clean("flushes_no_destroy", 1000);
}

static void polling_until_the_queue_is_empty_is_clean(void **state)
{
	(void)state;
	expect_clean("polls_until_empty", 1000);
}

static void taking_every_report_is_clean(void **state)
{
	(void)state;
	expect_clean("served_reports", 1000);
}

static void taking_reports_as_events_is_clean(void **state)
{
	(void)state;
	expect_clean("events_drain", 1000);
}

static void asking_for_errors_only_and_flushing_is_clean(void **state)
{
	(void)state;
	expect_clean("errors_only", 1000);
}

static void destroy_without_flush_loses(void **state)
{
	struct story story = story_of("destroys_without_flush");

	(void)state;
	story.rtt_ms = 1000; /* so that none gets out, however slow the machine */
	story_tell(&story, "@");
	story_expect(&story, "lost", "destroy-without-flush");
	story_expect_truth(&story);
	assert_false(story_has(&story, "missing-flush"));
	assert_int_equal(story_count(&story, "produced"), 1000);
	story_end(&story);
}

static void a_flush_that_times_out_loses(void **state)
{
	struct story story = story_of("flush_times_out");

	(void)state;
	/* Against a quick broker a millisecond is enough now and then. */
	story.rtt_ms = 2000;
	story_tell(&story, "@");
	story_expect(&story, "lost", "flush-timeout");
	story_expect_truth(&story);
	assert_int_equal(json_number(story.summary, "processes.0.producers.0.flush.timeouts"),
			 1);
	story_end(&story);
}

/* Against a broker that is not there: one message is given up soon, the others stay. */
static void a_flush_that_is_left_is_no_timeout(void **state)
{
	static const struct {
		const char *way, *words;
	} ways[] = {
		{"throw", "An exception out of a delivery callback ended"},
		{"error", "An exception out of a callback ended"},
		{"yield", "rd_kafka_yield(), called in a delivery callback, ended"},
		{"jump", "A longjmp() out of a delivery callback ended"},
		{"jump_asks", "A longjmp() out of a delivery callback ended"},
		{"thread", "The end of the thread that called it ended"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		struct story story = story_of("leaves_flush");

		story.dead_broker = true;
		story.output_varies = true; /* how many are left then is a race */
		story_tell(&story, "@ %s", ways[i].way);
		story_expect(&story, "lost", "flush-interrupted");
		assert_false(story_has(&story, "flush-timeout"));
		assert_false(story_has(&story, "ended-in-flush"));
		if (!strstr(finding_text(&story, "flush-interrupted"), ways[i].words))
			fail_msg("%s: %s", ways[i].way,
				 finding_text(&story, "flush-interrupted"));
		assert_int_equal(json_number(story.summary, PRODUCER "flush.calls"), 1);
		assert_int_equal(json_number(story.summary, PRODUCER "flush.timeouts"), 0);
		assert_int_equal(json_number(story.summary, PRODUCER "flush.left"), 1);
		story_end(&story);
	}
}

static void a_flush_whose_callbacks_return_is_a_timeout(void **state)
{
	struct story story = story_of("leaves_flush");

	(void)state;
	story.dead_broker = true;
	story_tell(&story, "@ returns");
	story_expect(&story, "lost", "flush-timeout");
	assert_false(story_has(&story, "flush-interrupted"));
	assert_int_equal(json_number(story.summary, PRODUCER "flush.timeouts"), 1);
	assert_int_equal(json_number(story.summary, PRODUCER "flush.left"), 0);
	story_end(&story);
}

/* What an exception out of an error callback has left is over: the next flush is seen. */
static void a_flush_after_one_that_an_error_left_is_counted(void **state)
{
	struct story story = story_of("leaves_flush");

	(void)state;
	story.dead_broker = true;
	story_tell(&story, "@ error_again");
	story_expect(&story, "lost", "flush-timeout");
	assert_int_equal(json_number(story.summary, PRODUCER "flush.calls"), 2);
	assert_int_equal(json_number(story.summary, PRODUCER "flush.timeouts"), 1);
	assert_int_equal(json_number(story.summary, PRODUCER "flush.left"), 1);
	story_end(&story);
}

/* The time of a flush that never came back is that until the end. */
static void being_killed_inside_flush_is_said_with_its_time(void **state)
{
	struct story story = story_of("leaves_flush");

	(void)state;
	story.dead_broker = true;
	story_tell(&story, "@ killed");
	story_expect(&story, "lost", "ended-in-flush");
	assert_false(story_has(&story, "flush-timeout"));
	assert_non_null(strstr(finding_text(&story, "ended-in-flush"), " was killed by "));
	assert_int_equal(json_number(story.summary, PRODUCER "flush.calls"), 1);
	assert_int_equal(json_number(story.summary, PRODUCER "flush.timeouts"), 0);
	assert_true(json_number(story.summary, PRODUCER "flush.waited_ns") > 100000000);
	story_end(&story);
}

static void a_flush_that_is_left_and_called_again_is_clean(void **state)
{
	struct story story = story_of("leaves_flush");

	(void)state;
	story_tell(&story, "@ again");
	story_expect(&story, "clean", NULL);
	assert_int_equal(story.arrived, 11);
	/* From the same place, as a binding does that cuts it up: one flush. */
	assert_int_equal(json_number(story.summary, PRODUCER "flush.calls"), 1);
	assert_int_equal(json_number(story.summary, PRODUCER "flush.left"), 0);
	story_end(&story);
}

/* Drift: librdkafka's flush continues until all is delivered; the others' cover what was
 * before. */
static void what_another_thread_produces_meanwhile_is_flushed_too(void **state)
{
	struct story story = story_of("produces_in_flush");

	(void)state;
	story.rtt_ms = 1000; /* so that it is in time for the flush */
	story_tell(&story, "@");
	story_expect(&story, "clean", NULL);
	assert_true(story.arrived >= 2);
	assert_int_equal(story_count(&story, "delivered"), story.arrived);
	story_end(&story);
}

static void producing_after_the_flush_loses_that_one(void **state)
{
	struct story story = story_of("flushes_then_produces");

	(void)state;
	story_tell(&story, "@ 100");
	story_expect(&story, "lost", "missing-flush");
	assert_int_equal(story_count(&story, "outstanding"), 1);
	assert_int_equal(story_count(&story, "delivered"), 100);
	assert_int_equal(story.arrived, 100);
	story_end(&story);
}

static void arriving_by_luck_is_racy(void **state)
{
	struct story story = story_of("arrives_unwaited");

	(void)state;
	story_tell(&story, "@");
	story_expect(&story, "racy", "racy-exit");
	story_expect_truth(&story);
	assert_int_equal(story.arrived, 1000);
	assert_int_equal(story_count(&story, "outstanding"), 0);
	story_end(&story);
}

static void reports_that_nobody_took_are_counted(void **state)
{
	struct story story = story_of("never_polls");

	(void)state;
	story_tell(&story, "@");
	story_expect(&story, "racy", "racy-exit");
	assert_int_equal(story_count(&story, "delivered"), 1000);
	assert_int_equal(json_number(story.summary, "processes.0.producers.0.reports_unserved"),
			 1000);
	story_end(&story);
}

static void unserved_reports_at_destroy_are_no_lost_messages(void **state)
{
	struct story story = story_of("destroys_unserved");

	(void)state;
	story_tell(&story, "@");
	story_expect(&story, "racy", "racy-exit");
	assert_int_equal(story_count(&story, "delivered"), 1000);
	assert_int_equal(story_count(&story, "outstanding"), 0);
	story_end(&story);
}

static void a_producer_that_is_never_used_loses_nothing(void **state)
{
	struct story story = story_of("produces_nothing");

	(void)state;
	story_tell(&story, "@");
	story_expect(&story, "clean", NULL);
	assert_true(json_is_unknown(story.summary, PRODUCER "waited"));
	story_end(&story);
}

/* Its connections carry requests, and none of them is a Produce. */
static void a_consumer_is_no_producer_that_nobody_sees(void **state)
{
	struct story story = story_of("consumes");
	const char *note;

	(void)state;
	story_tell(&story, "@");
	story_expect(&story, "clean", NULL);
	assert_false(story_has(&story, "nothing-seen"));
	assert_int_equal(json_array_size(json_path(story.summary, "processes.0.producers")), 0);
	note = json_text(story.summary, "processes.0.layers.notes.0");
	assert_non_null(strstr(note, "consumer"));
	story_end(&story);
}

static void what_was_never_produced_was_not_waited_for(void **state)
{
	struct ended ended =
		tool_run("run --broker -- %s/produces_nothing localhost:9092", PATH_HOSTS);

	(void)state;
	assert_non_null(strstr(ended.err, "no message was produced"));
	assert_null(strstr(ended.err, "waited for"));
	ended_free(&ended);
	ended = tool_run("run --broker -- %s/flushes localhost:9092 10", PATH_HOSTS);
	assert_non_null(strstr(ended.err, "and the program waited for them"));
	ended_free(&ended);
}

static void in_flight_at_exit_is_at_risk(void **state)
{
	struct story story = story_of("forgets_flush");

	(void)state;
	/* Written within 5 ms, answered after 2 s: not known at the end. */
	story.rtt_ms = 2000;
	story_tell(&story, "@ 100 500");
	assert_true(story_has(&story, "exit-in-flight") || story_has(&story, "missing-flush"));
	story_expect_truth(&story);
	story_end(&story);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forgetting_flush_loses_all_and_names_the_line),
		cmocka_unit_test(flushing_is_clean),
		cmocka_unit_test(flushing_without_destroy_is_clean),
		cmocka_unit_test(polling_until_the_queue_is_empty_is_clean),
		cmocka_unit_test(taking_every_report_is_clean),
		cmocka_unit_test(taking_reports_as_events_is_clean),
		cmocka_unit_test(asking_for_errors_only_and_flushing_is_clean),
		cmocka_unit_test(destroy_without_flush_loses),
		cmocka_unit_test(a_flush_that_times_out_loses),
		cmocka_unit_test(a_flush_that_is_left_is_no_timeout),
		cmocka_unit_test(a_flush_whose_callbacks_return_is_a_timeout),
		cmocka_unit_test(a_flush_after_one_that_an_error_left_is_counted),
		cmocka_unit_test(being_killed_inside_flush_is_said_with_its_time),
		cmocka_unit_test(a_flush_that_is_left_and_called_again_is_clean),
		cmocka_unit_test(what_another_thread_produces_meanwhile_is_flushed_too),
		cmocka_unit_test(producing_after_the_flush_loses_that_one),
		cmocka_unit_test(arriving_by_luck_is_racy),
		cmocka_unit_test(reports_that_nobody_took_are_counted),
		cmocka_unit_test(unserved_reports_at_destroy_are_no_lost_messages),
		cmocka_unit_test(a_producer_that_is_never_used_loses_nothing),
		cmocka_unit_test(a_consumer_is_no_producer_that_nobody_sees),
		cmocka_unit_test(what_was_never_produced_was_not_waited_for),
		cmocka_unit_test(in_flight_at_exit_is_at_risk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
