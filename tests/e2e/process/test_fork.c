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
	story.rtt_ms = 1000; /* so that none gets out, however slow the machine */
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

/* Story of a host that counts its own broken children. */
static void no_child_is_broken(const char *host, const char *said)
{
	struct story story = story_of(host);

	story.needs_no_broker = true;
	story_tell(&story, " ");
	assert_non_null(strstr(story.watched.out, said));
	story_end(&story);
}

static void a_handler_may_fork_within_a_send(void **state)
{
	(void)state;
	no_child_is_broken("forks_in_handler", "children killed: 0");
}

static void a_child_of_threads_that_produce_may_produce(void **state)
{
	(void)state;
	no_child_is_broken("forks_while_unwinding", "hung: 0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(producing_with_the_parents_handle_is_lost),
		cmocka_unit_test(a_child_with_a_producer_of_its_own_is_clean),
		cmocka_unit_test(a_daemon_that_forgets_is_lost),
		cmocka_unit_test(a_daemon_that_flushes_is_clean),
		cmocka_unit_test(a_handler_may_fork_within_a_send),
		cmocka_unit_test(a_child_of_threads_that_produce_may_produce),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
