/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_fork.c - children, grandchildren, and whose messages are whose.
 */
#include "harness.h"

#include <string.h>

static size_t processes_with_producers(const struct story *story)
{
	json_t *process;
	size_t i, count = 0;

	json_array_foreach(json_path(story->summary, "processes"), i, process) count +=
		json_array_size(json_object_get(process, "producers")) > 0;
	return count;
}

static void producing_with_the_parents_handle_is_lost(void **state)
{
	struct story story = story_of("forks_then_produces");

	(void)state;
	story_tell(&story, "@ 100");
	story_expect(&story, "lost", "produced-after-fork");
	assert_int_equal(processes_with_producers(&story), 2);
	assert_int_equal(story_count(&story, "produced"), 200);
	assert_int_equal(story_count(&story, "outstanding"), 100);
	assert_int_equal(story.arrived, 100);
	story_end(&story);
}

static void a_child_with_a_producer_of_its_own_is_clean(void **state)
{
	struct story story = story_of("fork_child_own");

	(void)state;
	story_tell(&story, "@ 100");
	story_expect(&story, "clean", NULL);
	assert_false(story_has(&story, "produced-after-fork"));
	assert_int_equal(processes_with_producers(&story), 2);
	assert_int_equal(story_count(&story, "delivered"), 200);
	assert_int_equal(story.arrived, 200);
	story_end(&story);
}

static void a_daemon_that_forgets_is_lost(void **state)
{
	struct story story = story_of("daemonizes");

	(void)state;
	story_tell(&story, "@ 100");
	assert_int_equal(story_count(&story, "produced"), 100);
	assert_string_equal(story_verdict(&story), "lost");
	story_expect_truth(&story);
	story_end(&story);
}

static void a_daemon_that_flushes_is_clean(void **state)
{
	struct story story = story_of("daemonizes");

	(void)state;
	story_tell(&story, "@ 100 flush");
	story_expect(&story, "clean", NULL);
	assert_int_equal(story_count(&story, "delivered"), 100);
	story_end(&story);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(producing_with_the_parents_handle_is_lost),
		cmocka_unit_test(a_child_with_a_producer_of_its_own_is_clean),
		cmocka_unit_test(a_daemon_that_forgets_is_lost),
		cmocka_unit_test(a_daemon_that_flushes_is_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
