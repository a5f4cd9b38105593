/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_fork.c - children and grandchildren, and which process each message
 * belongs to.
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

/* Every message of every producer has a line, the first one in a child as well. */
static void expect_all_lines(const struct story *story)
{
	json_t *process, *producer, *site;
	size_t i, j, k;

	json_array_foreach(json_path(story->summary, "processes"), i, process)
	{
		json_array_foreach(json_object_get(process, "producers"), j, producer)
		{
			int64_t of_sites = 0;

			json_array_foreach(json_object_get(producer, "call_sites"), k, site)
				of_sites += json_number(site, "messages.produced");
			assert_int_equal(of_sites, json_number(producer, "messages.produced"));
		}
	}
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
	expect_all_lines(&story);
	story_end(&story);
}

static void so_it_is_in_python(void **state)
{
	struct story story = story_of("confluent_forks.py");

	(void)state;
	story_needs("confluent_kafka");
	story_tell(&story, "@ 5");
	story_expect(&story, "lost", "produced-after-fork");
	assert_int_equal(story_count(&story, "produced"), 5);
	assert_int_equal(story_count(&story, "outstanding"), 5);
	expect_all_lines(&story);
	story_end(&story);
}

static bool some_change_says(const struct story *story, const char *words)
{
	json_t *process, *finding;
	size_t i, j;

	json_array_foreach(json_path(story->summary, "processes"), i, process)
	{
		json_array_foreach(
			json_object_get(process, "findings"), j,
			finding) if (strstr(json_text(finding, "fix"), words)) return true;
	}
	return false;
}

/* And what the report says to change is what makes it clean. */
static void the_workers_of_a_pool_are_to_be_joined_and_flush(void **state)
{
	struct story forgets = story_of("confluent_pool.py");
	struct story flushes = story_of("confluent_pool.py");

	(void)state;
	story_needs("confluent_kafka");
	story_tell(&forgets, "@ terminate");
	assert_string_equal(story_verdict(&forgets), "lost");
	assert_int_equal(story_count(&forgets, "produced"), 100);
	assert_true(some_change_says(&forgets, "pool.close() and pool.join()"));
	story_end(&forgets);
	story_tell(&flushes, "@ close");
	story_expect(&flushes, "clean", NULL);
	assert_int_equal(flushes.arrived, 100);
	story_end(&flushes);
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

/* Drift: in a child that was forked inside flush, that flush ended with its parent's numbers.
 */
static void a_flush_of_the_parents_is_none_in_the_child(void **state)
{
	struct story story = story_of("forks_in_flush");
	json_t *process;
	size_t i;

	(void)state;
	story_tell(&story, "@");
	assert_non_null(strstr(story.watched.out, "child: 0"));
	assert_int_equal(story.arrived, 2);
	story_expect(&story, "racy", "racy-exit");
	assert_int_equal(processes_with_producers(&story), 2);
	json_array_foreach(json_path(story.summary, "processes"), i, process)
	{
		bool racy = strcmp(json_text(process, "verdict"), "racy") == 0; /* the child */

		assert_int_equal(json_number(process, "producers.0.messages.delivered"), 1);
		assert_int_equal(json_number(process, "producers.0.flush.calls"), racy ? 0 : 1);
	}
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

static int64_t accepted_by_all(const struct story *story)
{
	json_t *process, *socket;
	int64_t bytes = 0;
	size_t i, j;

	json_array_foreach(json_path(story->summary, "processes"), i, process)
	{
		json_array_foreach(json_object_get(process, "sockets"), j, socket) bytes +=
			json_number(socket, "bytes.accepted");
	}
	return bytes;
}

/* The guest does not see these children start; two of them have the parent's thread pointer,
 * and so its thread-local variables, while it uses them itself. */
static void what_a_raw_clone_sends_arrives(void **state)
{
	static const char *const ways[] = {"fork", "fork3", "memory", "thread", "common"};

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		struct story story = story_of("clones_raw");

		story.sink = strcmp(ways[i], "common") == 0 ? "" : "--connections 2";
		story_tell(&story, "%s @", ways[i]);
		if (exit_code(&story.plain) == 77)
			skip_because("%s: %s", ways[i], story.plain.err);
		assert_int_equal(exit_code(&story.watched), 0);
		assert_string_equal(story.watched.out, "main sent 100000, the child 100000\n");
		assert_int_equal(story.arrived, 200000);
		int64_t counted = accepted_by_all(&story);

		/* Of two who are one to the guest and write at once, a count may be missed. */
		if (strcmp(ways[i], "common") == 0)
			assert_true(counted >= 100000 && counted <= 200000);
		else
			assert_int_equal(counted, 200000);
		story_end(&story);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(producing_with_the_parents_handle_is_lost),
		cmocka_unit_test(so_it_is_in_python),
		cmocka_unit_test(the_workers_of_a_pool_are_to_be_joined_and_flush),
		cmocka_unit_test(a_child_with_a_producer_of_its_own_is_clean),
		cmocka_unit_test(a_flush_of_the_parents_is_none_in_the_child),
		cmocka_unit_test(a_daemon_that_forgets_is_lost),
		cmocka_unit_test(a_daemon_that_flushes_is_clean),
		cmocka_unit_test(a_handler_may_fork_within_a_send),
		cmocka_unit_test(what_a_raw_clone_sends_arrives),
		cmocka_unit_test(a_child_of_threads_that_produce_may_produce),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
