/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_greenlets.c - greenlets of one thread call a kafka-python producer, each
 * in the middle of the others' calls: the counts are exact, and each message is
 * counted for its own line.
 */
#include "harness.h"

#include <stdio.h>
#include <string.h>

#define HOST "greenlets/kafka_python.py"

/* Greenlets that can be told from each other at a time; METHOD_STACKS of shim/python. */
#define TOLD_APART 16384

static const char *const libraries[] = {"gevent", "eventlet"};

typedef void told_fn(struct story *story);

static void with_library(const char *library, const char *ending, int64_t count,
			 const char *fake, told_fn *told)
{
	struct story story = story_of(HOST);

	story.fake = fake;
	story.output_varies = fake[0] != '\0'; /* the client logs failures */
	story_tell(&story, "@ %s %s %lld", library, ending, (long long)count);
	told(&story);
	story_end(&story);
}

static void each_library(const char *ending, int64_t count, const char *fake, told_fn *told)
{
	story_needs("kafka");
	for (size_t i = 0; i < sizeof(libraries) / sizeof(*libraries); i++)
		story_needs(libraries[i]);
	for (size_t i = 0; i < sizeof(libraries) / sizeof(*libraries); i++)
		with_library(libraries[i], ending, count, fake, told);
}

static json_t *producer(const struct story *story, const char *path)
{
	json_t *found = json_path(story->summary, "processes.0.producers.0");

	assert_non_null(found);
	return json_path(found, path);
}

/* What the line of this function has `what` of, over all producers; 0: it has no line. */
static int64_t of_line(const struct story *story, const char *function, const char *what)
{
	int64_t sum = 0;
	json_t *process, *one, *site;
	size_t i, j, k;

	json_array_foreach(json_path(story->summary, "processes"), i, process)
	{
		json_array_foreach(json_path(process, "producers"), j, one)
		{
			json_array_foreach(json_path(one, "call_sites"), k, site)
			{
				const char *name = json_text(site, "frames.0.function");
				json_t *messages = json_path(site, "messages");

				if (name && strcmp(name, function) == 0)
					sum += json_number(messages, what);
			}
		}
	}
	return sum;
}

static void expect_line(const struct story *story, const char *function, int64_t produced,
			int64_t rejected)
{
	assert_int_equal(of_line(story, function, "produced"), produced);
	assert_int_equal(of_line(story, function, "rejected"), rejected);
}

static void expect_counts(const struct story *story, int64_t produced, int64_t rejected)
{
	assert_int_equal(story_count(story, "produced"), produced);
	assert_int_equal(story_count(story, "delivered"), produced);
	assert_int_equal(story_count(story, "rejected"), rejected);
	assert_int_equal(story->arrived, produced);
}

static void two_lines_are_clean(struct story *story)
{
	story_expect(story, "clean", NULL);
	expect_counts(story, 100, 0);
	expect_line(story, "alpha", 50, 0);
	expect_line(story, "beta", 50, 0);
}

/* Drift: they were taken for calls that nest, so it had ended inside one. */
static void greenlets_that_are_flushed_are_clean(void **state)
{
	(void)state;
	each_library("flush", 100, "", two_lines_are_clean);
	each_library("wakes", 100, "", two_lines_are_clean);
}

static void greenlets_that_come_after_the_first_messages_are_clean(void **state)
{
	struct story story = story_of("greenlets/late.py");

	(void)state;
	story_needs("kafka");
	story_needs("gevent");
	story.fake = "";
	story_tell(&story, "@ 100");
	story_expect(&story, "clean", NULL);
	expect_counts(&story, 200, 0);
	expect_line(&story, "early", 100, 0);
	expect_line(&story, "alpha", 50, 0);
	expect_line(&story, "beta", 50, 0);
	story_end(&story);
}

static void both_lines_have_lost(struct story *story)
{
	json_t *where = json_path(story->summary, "where");

	story_expect(story, "lost", "missing-flush");
	assert_int_equal(story_count(story, "produced"), 100);
	assert_int_equal(story_count(story, "unsent"), 100);
	assert_int_equal(story->arrived, 0);
	assert_false(story_has(story, "ended-in-send"));
	assert_int_equal(of_line(story, "alpha", "unsent"), 50);
	assert_int_equal(of_line(story, "beta", "unsent"), 50);
	assert_int_equal(json_number(where, "messages"), 50);
	assert_true(json_is_true(json_path(where, "exact")));
}

static void greenlets_that_nobody_flushes_are_lost(void **state)
{
	(void)state;
	each_library("forget", 100, "", both_lines_have_lost);
}

static void nobodys_line_is_clean(struct story *story)
{
	story_expect(story, "clean", NULL);
	expect_counts(story, 100, 0);
}

/* gevent.spawn(producer.send, ...): no frame tells such calls apart. */
static void greenlets_that_are_nothing_but_a_call_of_send_are_clean(void **state)
{
	(void)state;
	each_library("directly", 100, "", nobodys_line_is_clean);
}

static void half_is_refused(struct story *story)
{
	story_expect(story, "at_risk", "rejected-not-retried");
	expect_counts(story, 50, 50);
	assert_false(story_has(story, "ended-in-send"));
	expect_line(story, "alpha", 50, 0);
	expect_line(story, "refused", 0, 50);
}

static void a_refusal_is_of_the_greenlet_that_was_refused(void **state)
{
	(void)state;
	each_library("refused", 100, "", half_is_refused);
}

static void who_was_killed_was_refused(struct story *story)
{
	story_expect(story, "at_risk", "rejected-not-retried");
	expect_counts(story, 50, 50);
	assert_false(story_has(story, "ended-in-send"));
	expect_line(story, "alpha", 50, 0);
	expect_line(story, "held", 0, 50);
}

static void a_greenlet_that_is_killed_inside_send_has_sent_nothing(void **state)
{
	(void)state;
	each_library("killed", 50, "", who_was_killed_was_refused);
}

static void half_is_inside_send(struct story *story)
{
	json_t *findings = json_path(story->summary, "processes.0.findings"), *row;
	int64_t inside = 0;
	size_t i;

	story_expect(story, "at_risk", "ended-in-send");
	expect_counts(story, 50, 0);
	expect_line(story, "alpha", 50, 0);
	json_array_foreach(findings, i, row)
	{
		if (strcmp(json_text(row, "id"), "ended-in-send") == 0)
			inside = json_number(row, "evidence.inside_send");
	}
	assert_int_equal(inside, 50);
}

static void the_messages_inside_send_at_the_end_are_counted(void **state)
{
	(void)state;
	each_library("in_send", 50, "", half_is_inside_send);
}

static void both_flushes_have_waited(struct story *story)
{
	story_expect(story, "clean", NULL);
	assert_int_equal(json_integer_value(producer(story, "flush.calls")), 2);
	assert_int_equal(story_count(story, "delivered"), story_count(story, "produced"));
	assert_int_equal(story->arrived, story_count(story, "produced"));
	assert_int_equal(of_line(story, "alpha", "produced") +
				 of_line(story, "beta", "produced"),
			 story_count(story, "produced"));
}

/* Drift: a flush of another greenlet's was taken for the close's own. */
static void a_flush_beside_sends_and_beside_a_close_is_a_flush(void **state)
{
	(void)state;
	each_library("flushes", 100, "", both_flushes_have_waited);
	each_library("closes", 100, "", both_flushes_have_waited);
}

static void what_get_waits_for_is_clean(struct story *story)
{
	story_expect(story, "clean", NULL);
	expect_counts(story, 100, 0);
	expect_line(story, "alpha", 34, 0);
	expect_line(story, "waits", 33, 0);
	expect_line(story, "beta", 33, 0);
}

static void greenlets_that_get_their_results_are_clean(void **state)
{
	(void)state;
	each_library("get", 100, "", what_get_waits_for_is_clean);
}

static void callbacks_are_clean(struct story *story)
{
	story_expect(story, "clean", NULL);
	expect_counts(story, 200, 0);
	expect_line(story, "callback", 100, 0);
	expect_line(story, "alpha", 50, 0);
	expect_line(story, "beta", 50, 0);
}

static void sends_beside_a_batch_that_tells_its_futures_are_clean(void **state)
{
	(void)state;
	each_library("callbacks", 100, "", callbacks_are_clean);
}

static void all_were_told(struct story *story)
{
	story_expect(story, "failed", "delivery-failed");
	assert_int_equal(story_count(story, "failed"), 200);
	assert_int_equal(json_number(producer(story, "failed_told"), "application"), 200);
}

/* Drift: the errbacks that let other greenlets run had told nobody. */
static void failures_that_errbacks_get_are_told(void **state)
{
	(void)state;
	each_library("errbacks", 100, "--error 10", all_were_told);
}

static void sends_in_sends_are_clean(struct story *story)
{
	story_expect(story, "clean", NULL);
	expect_counts(story, 200, 0);
	expect_line(story, "outer", 100, 0);
	expect_line(story, "serialize", 100, 0);
}

/* Within one greenlet calls do nest. */
static void a_send_that_a_serializer_calls_is_its_own(void **state)
{
	(void)state;
	each_library("nested", 100, "", sends_in_sends_are_clean);
}

static void the_client_is_not_slow(struct story *story)
{
	story_expect(story, "clean", NULL);
	expect_counts(story, 1, 0);
	assert_int_equal(json_array_size(producer(story, "large_messages")), 1);
	assert_false(story_has(story, "client-slow"));
}

/* Of large messages the processor's time inside send() is looked at. */
static void the_time_of_other_greenlets_is_not_a_sends(void **state)
{
	(void)state;
	each_library("busy", 1, "", the_client_is_not_slow);
}

static void it_was_luck(struct story *story)
{
	story_expect(story, "racy", "racy-exit");
	expect_counts(story, 100, 0);
	assert_true(json_is_false(producer(story, "waited")));
}

static void what_nothing_waited_for_is_racy(void **state)
{
	(void)state;
	each_library("sleep", 100, "", it_was_luck);
}

/* eventlet's child continues its parent's greenlets, which send there, too, from lines that
 * the child does not know; gevent's does not. */
static void the_child_has_its_own(struct story *story)
{
	assert_int_equal(json_array_size(json_path(story->summary, "processes")), 2);
	assert_false(story_has(story, "ended-in-send"));
	assert_int_equal(story_count(story, "rejected"), 0);
	assert_int_equal(of_line(story, "<module>", "produced"), 50);
	assert_int_equal(of_line(story, "held", "produced"), 50);
	assert_true(story_count(story, "produced") == 100 ||
		    story_count(story, "produced") == 150);
}

static void a_forked_child_is_charged_with_its_own_alone(void **state)
{
	(void)state;
	each_library("fork", 50, "", the_child_has_its_own);
}

static void the_rest_has_no_line(struct story *story)
{
	story_expect(story, "clean", NULL);
	expect_counts(story, TOLD_APART + 2000, 0);
	expect_line(story, "alpha", TOLD_APART / 2, 0);
	expect_line(story, "beta", TOLD_APART / 2, 0);
}

static void the_rest_is_counted(struct story *story)
{
	story_expect(story, "at_risk", "rejected-not-retried");
	expect_counts(story, TOLD_APART / 2 + 1000, TOLD_APART / 2 + 1000);
	assert_false(story_has(story, "ended-in-send"));
	expect_line(story, "alpha", TOLD_APART / 2, 0);
	expect_line(story, "refused", 0, TOLD_APART / 2 + 1000);
}

static void more_greenlets_than_can_be_told_apart_are_counted(void **state)
{
	(void)state;
	story_needs("kafka");
	story_needs("gevent"); /* eventlet takes minutes for so many */
	with_library("gevent", "flush", TOLD_APART + 2000, "", the_rest_has_no_line);
	with_library("gevent", "refused", TOLD_APART + 2000, "", the_rest_is_counted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(greenlets_that_are_flushed_are_clean),
		cmocka_unit_test(greenlets_that_come_after_the_first_messages_are_clean),
		cmocka_unit_test(greenlets_that_nobody_flushes_are_lost),
		cmocka_unit_test(greenlets_that_are_nothing_but_a_call_of_send_are_clean),
		cmocka_unit_test(a_refusal_is_of_the_greenlet_that_was_refused),
		cmocka_unit_test(a_greenlet_that_is_killed_inside_send_has_sent_nothing),
		cmocka_unit_test(the_messages_inside_send_at_the_end_are_counted),
		cmocka_unit_test(a_flush_beside_sends_and_beside_a_close_is_a_flush),
		cmocka_unit_test(greenlets_that_get_their_results_are_clean),
		cmocka_unit_test(sends_beside_a_batch_that_tells_its_futures_are_clean),
		cmocka_unit_test(failures_that_errbacks_get_are_told),
		cmocka_unit_test(a_send_that_a_serializer_calls_is_its_own),
		cmocka_unit_test(the_time_of_other_greenlets_is_not_a_sends),
		cmocka_unit_test(what_nothing_waited_for_is_racy),
		cmocka_unit_test(a_forked_child_is_charged_with_its_own_alone),
		cmocka_unit_test(more_greenlets_than_can_be_told_apart_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
