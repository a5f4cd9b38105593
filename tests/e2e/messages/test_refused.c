/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_refused.c - messages that were refused and never tried again are
 * counted, not the calls that refused messages.
 */
#include "harness.h"

static struct story tell(const char *host, const char *arguments)
{
	struct story story = story_of(host);

	story_tell(&story, "%s", arguments);
	return story;
}

/* More than the queue held must have been refused, or nothing was tried. */
static void expect_all_there(const char *how)
{
	char arguments[32];
	struct story story;

	snprintf(arguments, sizeof arguments, "@ %s", how);
	story = tell("refused_later", arguments);
	story_expect(&story, "clean", NULL);
	assert_false(story_has(&story, "rejected-not-retried"));
	assert_true(story_count(&story, "rejected") >= 100);
	assert_int_equal(story_count(&story, "produced"), 500);
	assert_int_equal(story.arrived, 500);
	story_end(&story);
}

static void expect_dropped(const char *how)
{
	char arguments[32];
	struct story story;

	snprintf(arguments, sizeof arguments, "@ %s", how);
	story = tell("refused_later", arguments);
	story_expect(&story, "at_risk", "rejected-not-retried");
	assert_true(story_count(&story, "rejected") >= 100);
	assert_int_equal(story_count(&story, "rejected") + story_count(&story, "produced"),
			 500);
	assert_int_equal(
		json_number(story.summary, "processes.0.producers.0.rejected.not_retried"),
		story_count(&story, "rejected"));
	story_end(&story);
}

static void all_tried_again_in_any_order_are_clean(void **state)
{
	(void)state;
	expect_all_there("fifo");
	expect_all_there("lifo");
	expect_all_there("same");
}

static void what_a_batch_gives_back_may_be_tried_again_in_any_way(void **state)
{
	(void)state;
	expect_all_there("batch");
	expect_all_there("batches");
}

static void what_a_batch_gives_back_and_nobody_tries_again_is_at_risk(void **state)
{
	(void)state;
	expect_dropped("dropped");
}

static int64_t rejected(const struct story *story, const char *what)
{
	char path[64];

	snprintf(path, sizeof path, "processes.0.producers.0.rejected.%s", what);
	return json_number(story->summary, path);
}

/* The verdict goes by what is missing at least; what may be missing is said beside it. */
static void equal_ones_that_are_dropped_are_so_many_at_most(void **state)
{
	struct story story = story_of("refused_later");
	int64_t refused;

	(void)state;
	story.rtt_ms = 500; /* so that the queue is full to the end */
	story_tell(&story, "@ equal");
	refused = story_count(&story, "rejected");
	story_expect(&story, "at_risk", "rejected-not-retried");
	assert_true(refused >= 100);
	assert_int_equal(rejected(&story, "not_retried"), 1);
	assert_int_equal(rejected(&story, "not_retried_most"), refused);
	story_end(&story);
}

/* More than there is room for: then it is not known, and no producer is called clean. */
static void more_than_can_be_remembered_are_not_known(void **state)
{
	struct story story = tell("queue_full_drops", "@ 100000");
	json_t *rejected = json_path(story.summary, "processes.0.producers.0.rejected");

	(void)state;
	story_expect(&story, "at_risk", "rejected-not-retried");
	assert_true(story_count(&story, "rejected") > 90000);
	assert_true(json_is_null(json_path(rejected, "retried")));
	assert_true(json_is_null(json_path(rejected, "not_retried")));
	assert_true(json_is_null(json_path(rejected, "not_retried_most")));
	story_end(&story);
}

static void every_call_gives_back_what_can_be_tried_again(void **state)
{
	(void)state;
	expect_all_there("lifo free");
	expect_all_there("batch free");
	expect_all_there("batches free");
	expect_all_there("lifo v");
	expect_all_there("lifo va");
}

static void sixty_threads_that_try_again_are_clean(void **state)
{
	static const char *const hows[] = {"each", "same", "batches"};

	(void)state;
	for (size_t i = 0; i < sizeof hows / sizeof *hows; i++) {
		char arguments[32];

		snprintf(arguments, sizeof arguments, "@ %s", hows[i]);
		struct story story = tell("refused_threads", arguments);

		story_expect(&story, "clean", NULL);
		assert_true(story_count(&story, "rejected") >= 100);
		assert_int_equal(rejected(&story, "not_retried"), 0);
		assert_int_equal(rejected(&story, "not_retried_most") > 0, i == 1);
		assert_int_equal(story_has(&story, "refused-alike"), i == 1);
		assert_int_equal(story.arrived, 60 * 50);
		story_end(&story);
	}
}

static void messages_that_differ_in_the_middle_are_not_taken_for_one(void **state)
{
	(void)state;
	expect_dropped("alike");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_tried_again_in_any_order_are_clean),
		cmocka_unit_test(what_a_batch_gives_back_may_be_tried_again_in_any_way),
		cmocka_unit_test(what_a_batch_gives_back_and_nobody_tries_again_is_at_risk),
		cmocka_unit_test(equal_ones_that_are_dropped_are_so_many_at_most),
		cmocka_unit_test(more_than_can_be_remembered_are_not_known),
		cmocka_unit_test(every_call_gives_back_what_can_be_tried_again),
		cmocka_unit_test(sixty_threads_that_try_again_are_clean),
		cmocka_unit_test(messages_that_differ_in_the_middle_are_not_taken_for_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
