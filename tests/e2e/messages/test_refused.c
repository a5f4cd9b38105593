/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_refused.c - messages are counted that were refused and never tried again, not the
 * calls that refused some.
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
		cmocka_unit_test(messages_that_differ_in_the_middle_are_not_taken_for_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
