/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_answers.c - errors that brokers answer: they are counted, each with its
 * request, and reported first if they are why messages are missing, else as a
 * note.
 */
#include <string.h>

#include "harness.h"

static json_t *finding_of(const struct story *story, const char *id)
{
	json_t *findings = json_path(story->summary, "processes.0.findings"), *row;
	size_t i;

	json_array_foreach(findings, i, row)
	{
		if (strcmp(json_string_value(json_object_get(row, "id")), id) == 0)
			return row;
	}
	return NULL;
}

/* Of that code, over all brokers. */
static int64_t answers_of(const struct story *story, int64_t code)
{
	json_t *peers = json_path(story->summary, "processes.0.peers"), *peer, *answer;
	int64_t sum = 0;
	size_t i, j;

	json_array_foreach(peers, i, peer)
	{
		json_array_foreach(json_object_get(peer, "answers"), j, answer)
		{
			if (json_number(answer, "code") == code)
				sum += json_number(answer, "count");
		}
	}
	return sum;
}

static void twenty_errors_before_success_are_a_note_with_their_number(void **state)
{
	struct story story = story_of("flushes");

	(void)state;
	story.fake = "--error 6:20 --partitions 1";
	story_tell(&story, "@ 10");
	story_expect(&story, "clean", "broker-errors");
	assert_int_equal(answers_of(&story, 6), 20);
	json_t *note = finding_of(&story, "broker-errors");

	assert_string_equal(json_text(note, "verdict"), "clean");
	assert_int_equal(json_number(note, "evidence.produce_answers"), 20);
	assert_int_equal(json_number(note, "evidence.code"), 6);
	assert_non_null(strstr(json_text(note, "text"), "20 times"));
	assert_true(json_is_unknown(story.summary, "why"));
	story_end(&story);
}

static void without_an_error_nothing_is_said(void **state)
{
	struct story story = story_of("flushes");

	(void)state;
	story.fake = "--partitions 1";
	story_tell(&story, "@ 10");
	story_expect(&story, "clean", NULL);
	assert_null(finding_of(&story, "broker-errors"));
	story_end(&story);
}

/* Errors of the kind that no client tries again. */
static void what_the_broker_does_not_allow_is_said_first(void **state)
{
	struct story story = story_of("delivery_fails_told");

	(void)state;
	story.fake = "--error 29";
	story_tell(&story, "@ 10");
	json_t *first = json_path(story.summary, "processes.0.findings.0");

	assert_string_equal(json_text(first, "id"), "broker-errors");
	assert_string_equal(json_text(first, "verdict"), story_verdict(&story));
	assert_non_null(strstr(json_text(first, "change"), "WRITE"));
	assert_non_null(strstr(json_text(story.summary, "why"), "TOPIC_AUTHORIZATION_FAILED"));
	assert_true(answers_of(&story, 29) > 0);
	assert_int_equal(json_number(first, "evidence.failed"), 10);
	story_end(&story);
}

/* A program that does not wait for an error to pass is advised to wait. */
static void an_error_that_passes_is_no_excuse(void **state)
{
	struct story story = story_of("forgets_flush");

	(void)state;
	story.fake = "--error 6";
	story_tell(&story, "@ 100 300");
	assert_true(json_is_unknown(story.summary, "why"));
	json_t *first = json_path(story.summary, "processes.0.findings.0");

	assert_non_null(strstr(json_text(first, "change"), "flush"));
	story_end(&story);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(twenty_errors_before_success_are_a_note_with_their_number),
		cmocka_unit_test(without_an_error_nothing_is_said),
		cmocka_unit_test(what_the_broker_does_not_allow_is_said_first),
		cmocka_unit_test(an_error_that_passes_is_no_excuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
