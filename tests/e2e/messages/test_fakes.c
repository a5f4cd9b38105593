/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_fakes.c - brokers that stall, close the connection, or never answer.
 *
 * The fake broker counts what arrived itself, without librdkafka, so a fault of
 * librdkafka cannot hide a wrong count.
 */
#include "harness.h"

static void written_and_never_answered_is_at_risk(void **state)
{
	struct story story = story_of("forgets_flush");

	(void)state;
	story.fake = "--never-answer";
	story_tell(&story, "@ 100 800");
	assert_int_equal(story_count(&story, "outstanding"), 100);
	story_expect_truth(&story);
	if (story_count(&story, "unsent") > 0) { /* the machine was too busy */
		story_expect(&story, "lost", "missing-flush");
	} else {
		story_expect(&story, "at_risk", "exit-in-flight");
		assert_int_equal(story_count(&story, "in_flight"), 100);
		assert_int_equal(story.arrived, 100);
	}
	story_end(&story);
}

static void answered_at_once_is_only_racy(void **state)
{
	struct story story = story_of("forgets_flush");

	(void)state;
	story.fake = "";
	story_tell(&story, "@ 100 800");
	story_expect_truth(&story);
	if (story_count(&story, "outstanding") > 0) { /* the machine was too busy */
		assert_false(story_has(&story, "racy-exit"));
	} else {
		story_expect(&story, "racy", "racy-exit");
		assert_false(story_has(&story, "exit-in-flight"));
		assert_int_equal(story.arrived, 100);
	}
	story_end(&story);
}

static void killed_after_a_slow_flush_is_clean(void **state)
{
	struct story story = story_of("exits");

	(void)state;
	story.fake = "--delay 200";
	story_tell(&story, "@ SIGKILL flush 100");
	story_expect(&story, "clean", NULL);
	assert_int_equal(story.arrived, 100);
	story_end(&story);
}

static void an_image_cut_off_in_mid_frame_is_lost(void **state)
{
	struct story story = story_of("kafka_python_image.py");
	json_t *socket;
	bool cut = false;
	size_t i;

	(void)state;
	story_needs("kafka");
	story.fake = "--stall 2";
	story_tell(&story, "@ 5");
	assert_int_equal(story.arrived, 0);
	story_expect(&story, "lost", "cut-frame");
	json_array_foreach(json_path(story.summary, "processes.0.sockets"), i, socket)
	{
		json_t *frame = json_path(socket, "end.cut_frame");

		if (json_is_null(frame))
			continue;
		cut = true;
		assert_int_equal(json_number(frame, "api"), 0);
		assert_true(json_number(frame, "length") > 5 << 20);
		assert_true(json_number(frame, "accepted") < json_number(frame, "length"));
	}
	assert_true(cut);
	story_end(&story);
}

static void a_small_image_is_not_called_lost(void **state)
{
	struct story story = story_of("kafka_python_flushes.py");

	(void)state;
	story_needs("kafka");
	story.fake = "";
	story_tell(&story, "@ 10");
	assert_int_equal(story.arrived, 10);
	story_expect(&story, "clean", NULL);
	assert_false(story_has(&story, "cut-frame"));
	story_end(&story);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written_and_never_answered_is_at_risk),
		cmocka_unit_test(answered_at_once_is_only_racy),
		cmocka_unit_test(killed_after_a_slow_flush_is_clean),
		cmocka_unit_test(an_image_cut_off_in_mid_frame_is_lost),
		cmocka_unit_test(a_small_image_is_not_called_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
