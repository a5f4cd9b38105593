/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_sites.c - how many messages each line produced, at each level of
 * UNFLUSHED_SITES, from many threads; fatal errors.
 */
#include "harness.h"

#include <stdio.h>
#include <string.h>

#define PRODUCER "processes.0.producers.0."

static void expect_counts(const struct story *story, int64_t produced)
{
	assert_int_equal(story_count(story, "produced"), produced);
	assert_int_equal(story_count(story, "delivered"), produced);
	assert_int_equal(story->arrived, produced);
}

/* Produced in this function, over all of its sites; the deepest of their stacks. */
static int64_t produced_in(const struct story *story, const char *function, size_t *depth)
{
	json_t *site, *sites = json_path(story->summary, PRODUCER "call_sites");
	int64_t sum = 0;
	size_t i;

	*depth = 0;
	json_array_foreach(sites, i, site)
	{
		size_t frames = json_array_size(json_path(site, "frames"));

		if (strcmp(json_text(site, "frames.0.function"), function) != 0)
			continue;
		sum += json_number(site, "messages.produced");
		*depth = frames > *depth ? frames : *depth;
	}
	return sum;
}

static bool has_note(const struct story *story, const char *part)
{
	json_t *note;
	size_t i;

	json_array_foreach(json_path(story->summary, "processes.0.layers.notes"), i,
			   note) if (strstr(json_string_value(note), part)) return true;
	return false;
}

/* Four threads of 300 messages each: every third is an alert with 20 headers. */
static void expect_lines(const struct story *story)
{
	size_t depth;

	assert_int_equal(produced_in(story, "send_alert", &depth), 400);
	assert_int_equal(produced_in(story, "send_order", &depth), 800);
}

/* From the line up to where the thread began. */
static void expect_stacks(const struct story *story)
{
	size_t depth;

	produced_in(story, "send_alert", &depth);
	assert_between(depth, 3, 32);
	produced_in(story, "send_order", &depth);
	assert_between(depth, 3, 32);
	assert_false(has_note(story, "one frame deep"));
}

static void four_threads_and_two_lines_are_told_apart(void **state)
{
	struct story story = story_of("threads_two_sites");

	(void)state;
	story_tell(&story, "@ 300 flush");
	story_expect(&story, "clean", NULL);
	expect_counts(&story, 1200);
	expect_lines(&story);
	expect_stacks(&story);
	assert_false(has_note(&story, "UNFLUSHED_SITES"));
	story_end(&story);
}

static void what_four_threads_lost_is_shared_out_to_their_lines(void **state)
{
	struct story story = story_of("threads_two_sites");
	json_t *site, *sites;
	int64_t outstanding = 0;
	size_t i;

	(void)state;
	story.dead_broker = true; /* so that all of it is lost, whatever is fast */
	story_tell(&story, "@ 300 forget");
	story_expect(&story, "lost", NULL);
	assert_int_equal(story_count(&story, "outstanding"), 1200);
	expect_lines(&story);
	sites = json_path(story.summary, PRODUCER "call_sites");
	json_array_foreach(sites, i, site)
	{
		assert_int_equal(json_number(site, "messages.outstanding"),
				 json_number(site, "messages.produced"));
		outstanding += json_number(site, "messages.outstanding");
	}
	assert_int_equal(outstanding, 1200);
	story_end(&story);
}

/* Told as a command, so that the setting reaches the host from `env`. */
static struct story at_level(const char *level)
{
	struct story story = story_of("/usr/bin/env");

	story_tell(&story, "UNFLUSHED_SITES=%s %s/threads_two_sites @ 300 flush", level,
		   PATH_HOSTS);
	story_expect(&story, "clean", NULL);
	expect_counts(&story, 1200);
	return story;
}

static void at_addresses_the_line_is_known_and_no_more(void **state)
{
	struct story story = at_level("address");
	size_t depth;

	(void)state;
	expect_lines(&story);
	produced_in(&story, "send_order", &depth);
	assert_int_equal(depth, 1);
	assert_true(has_note(&story, "UNFLUSHED_SITES asked for less"));
	assert_false(has_note(&story, "libunwind"));
	story_end(&story);
}

static void with_sites_off_the_counts_stay(void **state)
{
	struct story story = at_level("off");

	(void)state;
	assert_int_equal(json_array_size(json_path(story.summary, PRODUCER "call_sites")), 0);
	assert_true(has_note(&story, "UNFLUSHED_SITES asked for less"));
	story_end(&story);
}

static void an_unknown_level_is_the_default_and_said(void **state)
{
	struct story story = at_level("Stack");

	(void)state;
	expect_lines(&story);
	assert_true(has_note(&story, "UNFLUSHED_SITES has a value that is not known"));
	story_end(&story);
}

/* The call of librdkafka is made by librdkafka++: its frame stands first. */
static void behind_the_cpp_library_stands_the_hosts_own_line(void **state)
{
	struct story story = story_of("cpp_producer");
	json_t *frames;

	(void)state;
	story_tell(&story, "@ flush 10");
	story_expect(&story, "clean", NULL);
	assert_int_equal(json_array_size(json_path(story.summary, PRODUCER "call_sites")), 1);
	frames = json_path(story.summary, PRODUCER "call_sites.0.frames");
	assert_non_null(strstr(json_text(frames, "0.function"), "ProducerImpl::produce"));
	assert_string_equal(json_text(frames, "1.function"), "send_order");
	assert_string_equal(json_text(frames, "2.function"), "main");
	assert_int_equal(story_count(&story, "delivered"), 10);
	story_end(&story);
}

/* The first of the user's own frames, and the next one. */
static void expect_made(const char *host, const char *function, const char *caller)
{
	struct story story = story_of(host);

	story_needs("confluent_kafka");
	story_tell(&story, "@ 10");
	json_t *made = json_path(story.summary, PRODUCER "made_at");
	size_t place = (size_t)json_number(made, "place");
	json_t *frames = json_path(made, "frames");

	assert_string_equal(json_text(json_array_get(frames, place), "function"), function);
	if (caller)
		assert_string_equal(json_text(json_array_get(frames, place + 1), "function"),
				    caller);
	story_end(&story);
}

static void where_a_producer_was_made_is_known(void **state)
{
	(void)state;
	expect_made("forgets_flush", "host_producer", "main");
	expect_made("cpp_producer", "main", NULL);
	expect_made("confluent_forgets.py", "main", "<module>");
}

static void a_walk_stops_where_memory_ends(void **state)
{
	struct story story = story_of("rubbish_frames");
	size_t depth;

	(void)state;
	story_tell(&story, "@");
	story_expect(&story, "clean", NULL);
	expect_counts(&story, 4);
	assert_int_equal(produced_in(&story, "send_order", &depth), 4);
	assert_true(depth >= 2); /* it did walk, to the function that tells no more */
	assert_false(has_note(&story, "one frame deep"));
	story_end(&story);
}

static void an_idempotent_producer_is_counted_like_any(void **state)
{
	struct story story = story_of("fatal");

	(void)state;
	story_tell(&story, "@ 50 0");
	story_expect(&story, "clean", NULL);
	expect_counts(&story, 100);
	story_end(&story);
}

static void after_a_fatal_error_all_is_refused_and_counted(void **state)
{
	struct story story = story_of("fatal");

	(void)state;
	story_tell(&story, "@ 50 1");
	assert_non_null(strstr(story.watched.out, "raised: 0\nrefused: 50\n"));
	story_expect(&story, "at_risk", "rejected-not-retried");
	expect_counts(&story, 50);
	assert_int_equal(story_count(&story, "rejected"), 50);
	assert_int_equal(json_number(story.summary, PRODUCER "errors.0.code"), -150);
	assert_int_equal(json_number(story.summary, PRODUCER "errors.0.messages"), 50);
	story_end(&story);
}

/* The same lines, except for the function that called them. */
static void two_callers_of_one_helper_are_two_sites_in_python_too(void **state)
{
	static const char *const callers[] = {"alpha", "beta"};
	static const int64_t produced[] = {40, 3};
	struct story story = story_of("confluent_callers.py");
	json_t *sites;

	(void)state;
	story_needs("confluent_kafka");
	story_tell(&story, "@");
	story_expect(&story, "clean", NULL);
	expect_counts(&story, 43);
	sites = json_path(story.summary, PRODUCER "call_sites");
	assert_int_equal(json_array_size(sites), 2);
	for (size_t i = 0; i < 2; i++) {
		json_t *site = json_array_get(sites, i);

		assert_string_equal(json_text(site, "frames.0.function"), "send");
		assert_string_equal(json_text(site, "frames.2.function"), callers[i]);
		assert_int_equal(json_number(site, "messages.produced"), produced[i]);
	}
	story_end(&story);
}

/* The function of a frame that a number in the site names: "place" or "caller". */
static const char *function_of(json_t *site, const char *which)
{
	char path[64];

	snprintf(path, sizeof path, "frames.%d.function", (int)json_number(site, which));
	return json_text(site, path);
}

static void expect_layers(const struct story *story, const char *place, const char *orders,
			  const char *audit)
{
	json_t *sites = json_path(story->summary, PRODUCER "call_sites");

	story_expect(story, "clean", NULL);
	expect_counts(story, 7);
	assert_int_equal(json_array_size(sites), 2);
	assert_int_equal(json_number(sites, "0.messages.produced"), 5);
	assert_string_equal(json_text(sites, "0.frames.0.origin"), "library");
	for (size_t i = 0; i < 2; i++)
		assert_string_equal(function_of(json_array_get(sites, i), "place"),
				    place ? place : (i ? audit : orders));
	if (!place)
		return;
	assert_string_equal(function_of(json_array_get(sites, 0), "caller"), orders);
	assert_string_equal(function_of(json_array_get(sites, 1), "caller"), audit);
}

static void behind_a_package_stands_the_users_own_line(void **state)
{
	struct story story = story_of("confluent_layers.py");

	(void)state;
	story_needs("confluent_kafka");
	story_tell(&story, "@ 12");
	expect_layers(&story, "publish", "orders", "audit");
	story_end(&story);
}

/* A site's frames are told apart by what lies twelve levels out. */
static void of_a_deep_stack_the_callers_are_told_apart(void **state)
{
	struct story story = story_of("deep_callers");
	json_t *sites;

	(void)state;
	story_tell(&story, "@");
	story_expect(&story, "clean", NULL);
	expect_counts(&story, 7);
	sites = json_path(story.summary, PRODUCER "call_sites");
	assert_int_equal(json_array_size(sites), 2);
	assert_int_equal(json_number(sites, "0.messages.produced"), 5);
	assert_string_equal(function_of(json_array_get(sites, 0), "place"), "append");
	assert_string_equal(function_of(json_array_get(sites, 0), "caller"), "orders");
	assert_string_equal(function_of(json_array_get(sites, 1), "caller"), "audit");
	story_end(&story);
}

static void what_the_user_calls_not_theirs_is_passed_over(void **state)
{
	struct story story = story_of("confluent_layers.py");

	(void)state;
	story_needs("confluent_kafka");
	story.options = "--not-mine nothing-like-it --not-mine publish";
	story_tell(&story, "@ 12");
	expect_layers(&story, NULL, "orders", "audit");
	story_end(&story);
}

static void expect_line(const struct story *story, const char *function)
{
	json_t *site, *sites = json_path(story->summary, PRODUCER "call_sites");
	size_t i, found = 0;

	json_array_foreach(sites, i, site)
	{
		if (strcmp(json_text(site, "frames.0.function"), function) != 0)
			continue;
		assert_int_equal(json_number(site, "messages.produced"), 600);
		assert_int_equal(json_number(site, "messages.outstanding"), 0);
		found++;
	}
	assert_int_equal(found, 1);
}

/* Each line, each topic, and the longest latency: of the message that waited. */
static void expect_turns(const char *arguments, size_t topics)
{
	struct story story = story_of("turns");
	json_t *topic;
	size_t i, found = 0;

	story_tell(&story, "%s", arguments);
	story_expect(&story, "clean", NULL);
	assert_int_equal(story_count(&story, "delivered"), 1200);
	expect_line(&story, "send_order");
	expect_line(&story, "send_alert");
	json_array_foreach(json_path(story.summary, PRODUCER "topics"), i, topic)
	{
		assert_int_equal(json_number(topic, "messages.delivered"), 1200 / topics);
		if (!json_is_null(json_path(topic, "partition")))
			continue;
		assert_int_equal(json_number(topic, "messages.produced"), 1200 / topics);
		found++;
	}
	assert_int_equal(found, topics);
	assert_true(json_number(story.summary, PRODUCER "latency_ns.max") >= 300000000);
	story_end(&story);
}

static void lines_and_topics_that_take_turns_are_counted_each(void **state)
{
	(void)state;
	expect_turns("@ 1200 3 300", 3);
}

/* Of an answer's messages not each is asked for its latency, but the first and oldest is. */
static void the_message_that_waited_longest_is_not_passed_over(void **state)
{
	(void)state;
	expect_turns("@ 1200 1 300", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(four_threads_and_two_lines_are_told_apart),
		cmocka_unit_test(what_four_threads_lost_is_shared_out_to_their_lines),
		cmocka_unit_test(at_addresses_the_line_is_known_and_no_more),
		cmocka_unit_test(with_sites_off_the_counts_stay),
		cmocka_unit_test(an_unknown_level_is_the_default_and_said),
		cmocka_unit_test(behind_the_cpp_library_stands_the_hosts_own_line),
		cmocka_unit_test(where_a_producer_was_made_is_known),
		cmocka_unit_test(a_walk_stops_where_memory_ends),
		cmocka_unit_test(an_idempotent_producer_is_counted_like_any),
		cmocka_unit_test(after_a_fatal_error_all_is_refused_and_counted),
		cmocka_unit_test(two_callers_of_one_helper_are_two_sites_in_python_too),
		cmocka_unit_test(behind_a_package_stands_the_users_own_line),
		cmocka_unit_test(of_a_deep_stack_the_callers_are_told_apart),
		cmocka_unit_test(what_the_user_calls_not_theirs_is_passed_over),
		cmocka_unit_test(lines_and_topics_that_take_turns_are_counted_each),
		cmocka_unit_test(the_message_that_waited_longest_is_not_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
