/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_exits.c - every way to exit, with delivered messages and with
 * outstanding ones.
 */
#include "harness.h"

#include <signal.h>
#include <string.h>

/* What `end` and the findings say of each way; 0: no status, no signal. */
static const struct way {
	const char *name;
	const char *how;
	int status, signal;
	const char *finding;
} ways[] = {
	{"return", "exit", 3, 0, "missing-flush"},
	{"exit", "exit", 3, 0, "missing-flush"},
	{"thread", "exit", 3, 0, "missing-flush"},
	{"_exit", "_exit", 3, 0, "missing-flush"},
	{"_Exit", "_exit", 3, 0, "missing-flush"},
	{"quick_exit", "exit", 3, 0, "missing-flush"},
	{"exit_group", "_exit", 3, 0, "missing-flush"},
	{"abort", "abort", 0, SIGABRT, "killed-in-flight"},
	{"assert", "abort", 0, SIGABRT, "killed-in-flight"},
	{"SIGTERM", "signal", 0, SIGTERM, "killed-in-flight"},
	{"SIGINT", "signal", 0, SIGINT, "killed-in-flight"},
	{"SIGKILL", "signal", 0, SIGKILL, "killed-in-flight"},
	{"SIGSEGV", "signal", 0, SIGSEGV, "killed-in-flight"},
	{"execv", "exec", 0, 0, "exec-in-flight"},
	{"execl", "exec", 0, 0, "exec-in-flight"},
	{"failed_exec", "exit", 3, 0, "missing-flush"},
};

static json_t *end_of_producer(const struct story *story)
{
	json_t *process;
	size_t i;

	json_array_foreach(json_path(story->summary, "processes"), i,
			   process) if (json_array_size(json_object_get(process, "producers")) >
					0) return json_object_get(process, "end");
	fail_msg("no process has a producer");
	return NULL;
}

static void end_assert(const struct story *story, const struct way *way)
{
	json_t *end = end_of_producer(story);
	const char *how = json_text(end, "how");

	/* Inside glibc's assert and execl nothing can be seen; waitpid tells of a signal. */
	if (strcmp(way->name, "assert") == 0 && strcmp(how, "signal") == 0)
		how = "abort";
	if (strcmp(how, way->how) != 0)
		fail_msg("%s: how is '%s', expected '%s'", way->name, how, way->how);
	if (way->status)
		assert_int_equal(json_number(end, "status"), way->status);
	if (way->signal)
		assert_int_equal(json_number(end, "signal"), way->signal);
}

static void unflushed_messages_are_lost_by_every_way_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		struct story story = story_of("exits");

		story.rtt_ms = 1000; /* so that none gets out, however slow the machine */
		story_tell(&story, "@ %s forget 100", ways[i].name);
		print_message("    %s\n", ways[i].name);
		story_expect(&story, "lost", ways[i].finding);
		end_assert(&story, &ways[i]);
		story_expect_truth(&story);
		assert_int_equal(story_count(&story, "produced"), 100);
		story_end(&story);
	}
}

static void flushed_messages_are_safe_by_every_way_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		struct story story = story_of("exits");

		story_tell(&story, "@ %s flush 100", ways[i].name);
		print_message("    %s\n", ways[i].name);
		story_expect(&story, "clean", NULL);
		end_assert(&story, &ways[i]);
		assert_false(story_has(&story, ways[i].finding));
		assert_int_equal(story_count(&story, "delivered"), 100);
		assert_int_equal(story.arrived, 100);
		story_end(&story);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unflushed_messages_are_lost_by_every_way_out),
		cmocka_unit_test(flushed_messages_are_safe_by_every_way_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
