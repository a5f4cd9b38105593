/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_recipe.c - `unflushed recipe`: for programs that `run` does not start itself.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STRIPPED PATH_HOSTS "/static_stripped"

/* Another program starts the host: `run` looks at that one's file alone. */
static json_t *summary_of_child(const char *directory)
{
	char *path = scratch_name(".json");
	struct ended ended =
		tool_run("run --quiet --broker-rtt 1000 --dir %s --format json --output %s -- "
			 "find / -maxdepth 0 -exec " STRIPPED " {broker} 100 0 ;",
			 directory, path);
	json_t *summary = json_load_file(path, 0, NULL);

	if (!summary)
		fail_msg("no summary; stderr: %s", ended.err);
	law_assert(summary);
	ended_free(&ended);
	unlink(path);
	free(path);
	return summary;
}

static char *new_directory(void)
{
	char *directory = scratch_name(".d");

	assert_int_equal(mkdir(directory, 0700), 0);
	return directory;
}

static void directory_remove(char *directory)
{
	char *command;

	assert_true(asprintf(&command, "rm -r %s", directory) > 0);
	assert_int_equal(system(command), 0);
	free(command);
	free(directory);
}

static void a_child_is_counted_by_a_recipe_made_before(void **state)
{
	char *directory = new_directory();
	struct ended ended;
	json_t *summary;

	(void)state;
	story_needs("librdkafka.a");
	summary = summary_of_child(directory);
	assert_string_equal(json_text(summary, "verdict"), "blind");
	json_decref(summary);
	ended = tool_run("recipe --dir %s " STRIPPED, directory);
	assert_int_equal(exit_code(&ended), 0);
	assert_non_null(strstr(ended.out, ".recipe: "));
	assert_non_null(strstr(ended.out, "functions, by the archive /"));
	ended_free(&ended);
	summary = summary_of_child(directory);
	assert_string_equal(json_text(summary, "verdict"), "lost");
	assert_true(json_number(summary, "losses.certain") +
			    json_number(summary, "losses.possible") <=
		    100);
	assert_true(json_number(summary, "losses.certain") > 0);
	json_decref(summary);
	directory_remove(directory);
}

/* What env starts in the end, run looks at. */
static void a_program_behind_others_is_looked_at(void **state)
{
	char *path = scratch_name(".json");
	struct ended ended =
		tool_run("run --quiet --broker-rtt 1000 --format json --output %s -- "
			 "env A=1 timeout 60 " STRIPPED " {broker} 100 0",
			 path);
	json_t *summary = json_load_file(path, 0, NULL);

	(void)state;
	story_needs("librdkafka.a");
	assert_non_null(summary);
	assert_string_equal(json_text(summary, "verdict"), "lost");
	json_decref(summary);
	ended_free(&ended);
	free(path);
}

static void expect(const char *arguments, int status, const char *words)
{
	struct ended ended = tool_run("recipe %s", arguments);

	if (exit_code(&ended) != status ||
	    (!strstr(ended.out, words) && !strstr(ended.err, words)))
		fail_msg("%s: exit %d, %s%s", arguments, exit_code(&ended), ended.out,
			 ended.err);
	ended_free(&ended);
}

static void what_is_wrong_is_said(void **state)
{
	(void)state;
	story_needs("librdkafka.a");
	expect(STRIPPED, 2, "--dir is needed");
	expect("", 2, "PROGRAM");
	expect("--dir /tmp /nowhere/at/all", 2, "no such program");
	expect("--dir /tmp /etc/passwd", 3, "/etc/passwd");
	expect("--dir /nowhere " STRIPPED, 1, "cannot be written: No such file");
	expect("--dir /tmp /bin/sh", 83, "holds no librdkafka");
	expect("--dir /tmp " PATH_HOSTS "/static_librdkafka", 0, "no recipe is needed");
	expect("--dir /tmp " PATH_HOSTS "/static_numberless", 83, "has no build id");
	expect("--dir /tmp " STRIPPED " /etc/passwd", 3, "/etc/passwd: is not an archive");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_child_is_counted_by_a_recipe_made_before),
		cmocka_unit_test(a_program_behind_others_is_looked_at),
		cmocka_unit_test(what_is_wrong_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
