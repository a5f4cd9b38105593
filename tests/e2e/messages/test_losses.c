/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_losses.c - messages that certainly did not arrive and messages that
 * possibly did not: two numbers, never added up; and the line with the greatest
 * certain loss.
 *
 * Every story asserts that the numbers are true (headline.c). Here they are
 * exact, if the machine lets the host's first messages be written within a
 * second.
 */
#include "harness.h"

#include <stdio.h>
#include <string.h>

#define HOST "sends_then_queues"
#define SILENT "--never-answer"

/* The first ones were written in time: what is unsent is the last ones alone. */
static bool was_quick(const struct story *story, int64_t unsent)
{
	if (story_count(story, "unsent") == unsent)
		return true;
	print_message("the machine was too busy: %s\n", json_text(story->summary, "headline"));
	return false;
}

static void expect_headline(const struct story *story, const char *expected)
{
	assert_string_equal(json_text(story->summary, "headline"), expected);
}

static void expect_losses(const struct story *story, int64_t certain, int64_t possible)
{
	assert_int_equal(json_number(story->summary, "losses.certain"), certain);
	assert_int_equal(json_number(story->summary, "losses.possible"), possible);
}

static json_t *where_site(const struct story *story)
{
	char path[128];

	snprintf(path, sizeof(path), "processes.%d.producers.%d.call_sites.%d",
		 (int)json_number(story->summary, "where.process"),
		 (int)json_number(story->summary, "where.producer"),
		 (int)json_number(story->summary, "where.call_site"));
	return json_path(story->summary, path);
}

/* Where: this function, which lost so many, no more and no less. */
static void expect_where(const struct story *story, const char *function, int64_t messages)
{
	/* Before Python 3.11 a nested function has but its own name. */
	assert_non_null(strstr(json_text(where_site(story), "frames.0.function"), function));
	assert_int_equal(json_number(story->summary, "where.messages"), messages);
	assert_true(json_is_true(json_path(story->summary, "where.exact")));
}

/* 500 written, 10 in the queue, whichever way it ends. */
static void what_was_written_is_not_called_gone(void **state)
{
	static const char *const ways[] = {"exit", "kill"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct story story = story_of(HOST);

		story.fake = SILENT;
		story_tell(&story, "@ 500 10 %s", ways[i]);
		story_expect(&story, "lost", NULL);
		assert_int_equal(story_count(&story, "produced"), 510);
		if (was_quick(&story, 10)) {
			expect_headline(&story, "10 of 510 messages never arrived; "
						"500 more may be lost");
			expect_losses(&story, 10, 500);
			expect_where(&story, "send_last", 10);
			assert_int_equal(story.arrived, 500);
		}
		story_end(&story);
	}
}

/* Two lines in turns, and a third: none of the first two lost one for certain. */
static void lines_in_turns_are_told_apart(void **state)
{
	struct story story = story_of(HOST);

	(void)state;
	story.fake = SILENT;
	story_tell(&story, "@ 600 7 turns");
	if (was_quick(&story, 7)) {
		json_t *sites = json_path(story.summary, "processes.0.producers.0.call_sites");

		expect_losses(&story, 7, 600);
		expect_where(&story, "send_last", 7);
		assert_int_equal(json_array_size(sites), 3);
		assert_int_equal(json_number(sites, "0.messages.unsent"), 7);
		assert_int_equal(json_number(sites, "1.messages.unsent"), 0);
		assert_int_equal(json_number(sites, "2.messages.unsent"), 0);
		assert_int_equal(json_number(sites, "1.messages.outstanding"), 300);
	}
	story_end(&story);
}

static void two_producers_are_added_up(void **state)
{
	struct story story = story_of(HOST);

	(void)state;
	story.fake = SILENT;
	story_tell(&story, "@ 100 10 producers");
	if (was_quick(&story, 20)) {
		expect_headline(&story,
				"20 of 220 messages never arrived; 200 more may be lost");
		expect_where(&story, "send_last", 20);
	}
	story_end(&story);
}

/* One line in three processes is one line. */
static void three_processes_are_added_up(void **state)
{
	struct story story = story_of(HOST);

	(void)state;
	story.fake = SILENT;
	story_tell(&story, "@ 100 10 children");
	if (was_quick(&story, 30)) {
		expect_headline(&story,
				"30 of 330 messages never arrived; 300 more may be lost");
		expect_where(&story, "send_last", 30);
	}
	story_end(&story);
}

/* Refused by the broker, and not reported: as certainly lost as a message that was never
 * sent. */
static void what_failed_untold_and_what_was_unsent_is_certain(void **state)
{
	struct story story = story_of(HOST);

	(void)state;
	story.fake = "--error 10";
	story_tell(&story, "@ 20 5 exit");
	story_expect(&story, "lost", "failed-unseen");
	if (was_quick(&story, 5)) {
		expect_losses(&story, 25, 0);
		expect_where(&story, "send_first", 20);
	}
	story_end(&story);
}

/* It timed out after it had been written: the broker has it. */
static void what_failed_after_it_was_written_may_be_there(void **state)
{
	struct story story = story_of(HOST);

	(void)state;
	story.fake = SILENT;
	story_tell(&story, "@ 20 5 exit 500");
	story_expect(&story, "lost", "failed-unseen");
	if (was_quick(&story, 5) && story_count(&story, "failed") == 20 &&
	    story.arrived == 20) {
		expect_headline(&story, "5 of 25 messages never arrived; 20 more may be lost");
		expect_where(&story, "send_last", 5);
	}
	story_end(&story);
}

/* It timed out after it had been written, and arrived: gone it is not. */
static void what_failed_and_arrived_is_not_called_lost(void **state)
{
	struct story story = story_of(HOST);

	(void)state;
	story.fake = SILENT;
	story_tell(&story, "@ 20 0 exit 500");
	if (story_count(&story, "failed") == 20 && story.arrived == 20) {
		story_expect(&story, "at_risk", "failed-unseen");
		expect_losses(&story, 0, 20);
	} else {
		print_message("the machine was too busy\n");
	}
	story_end(&story);
}

static void python_says_both_numbers(void **state)
{
	static const char *const clients[][2] = {{"confluent", "confluent_kafka"},
						 {"kafka", "kafka"}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct story story = story_of(HOST ".py");

		story_needs(clients[i][1]);
		story.fake = SILENT;
		story_tell(&story, "@ %s 300 10", clients[i][0]);
		story_expect(&story, "lost", "missing-flush");
		if (was_quick(&story, 10)) {
			expect_headline(&story, "10 of 310 messages never arrived; "
						"300 more may be lost");
			expect_where(&story, "<lambda>", 10);
		}
		story_end(&story);
	}
}

/* The text says what the summary says, and the share of the line behind it. */
static void the_text_says_the_same(void **state)
{
	char *directory = scratch_name(".traces"), *options;
	struct story story = story_of(HOST);
	struct ended text;

	(void)state;
	assert_true(asprintf(&options, "--dir %s", directory) > 0);
	story.options = options;
	story.dead_broker = true;
	story_tell(&story, "@ 30 10 exit");
	text = tool_run("report %s", directory);
	expect_headline(&story, "all 40 messages (160 bytes) never arrived");
	assert_ptr_equal(
		strstr(text.out,
		       "LOST     all 40 messages to stories (160 bytes) never arrived\n"),
		text.out);
	assert_non_null(strstr(text.out, "\n         30 of the 40\n"));
	ended_free(&text);
	story_end(&story);
	free(options);
	free(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_is_not_called_gone),
		cmocka_unit_test(lines_in_turns_are_told_apart),
		cmocka_unit_test(two_producers_are_added_up),
		cmocka_unit_test(three_processes_are_added_up),
		cmocka_unit_test(what_failed_untold_and_what_was_unsent_is_certain),
		cmocka_unit_test(what_failed_after_it_was_written_may_be_there),
		cmocka_unit_test(what_failed_and_arrived_is_not_called_lost),
		cmocka_unit_test(python_says_both_numbers),
		cmocka_unit_test(the_text_says_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
