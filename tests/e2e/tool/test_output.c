/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_output.c - output that cannot be written is reported as an error, by
 * every command.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *traces; /* a directory with one trace, of a producer that flushes: clean */

static int record(void **state)
{
	struct broker *broker = broker_start();

	(void)state;
	traces = scratch_name(".traces");
	struct ended run = tool_run("run --quiet --dir %s -- %s/flushes %s 200", traces,
				    PATH_HOSTS, broker_address(broker));
	int status = exit_code(&run);

	ended_free(&run);
	broker_stop(broker);
	return status;
}

static int forget(void **state)
{
	(void)state;
	free(traces);
	return 0;
}

/* Runs this in a shell; $tool, $traces and $trace are there. */
static struct ended shell(const char *words)
{
	char *path = scratch_name(".sh"), *command;
	FILE *script = fopen(path, "w");

	assert_non_null(script);
	fprintf(script, "tool=%s traces=%s\ntrace=$traces/*.trace\n%s\n", PATH_TOOL, traces,
		words);
	fclose(script);
	assert_true(asprintf(&command, "bash %s", path) > 0);
	struct ended ended = program_run(command, NULL);
	free(command);
	free(path);
	return ended;
}

static void assert_ends(const char *words, int code, const char *said)
{
	struct ended ended = shell(words);

	if (exit_code(&ended) != code || strcmp(ended.err, said))
		fail_msg("%s: exit %d, said '%s'", words, exit_code(&ended), ended.err);
	ended_free(&ended);
}

#define FULL ": No space left on device\n"

static void a_report_that_cannot_be_written_is_an_error(void **state)
{
	static const char *const commands[] = {
		"report",
		"report --format json",
		"check",
		"check --format json",
		/* The verdict alone would pass. */
		"check --fail-on lost",
	};
	char line[200];

	(void)state;
	assert_ends("$tool check $traces >/dev/null", 0, "");
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		snprintf(line, sizeof line, "exec $tool %s $traces >/dev/full", commands[i]);
		assert_ends(line, 1, "unflushed: cannot write the report" FULL);
		snprintf(line, sizeof line, "exec $tool %s --output /dev/full $traces",
			 commands[i]);
		assert_ends(line, 1, "unflushed: cannot write '/dev/full'" FULL);
		snprintf(line, sizeof line, "exec $tool %s $traces >&-", commands[i]);
		assert_ends(line, 1,
			    "unflushed: cannot write the report: Bad file descriptor\n");
	}
}

static void a_check_that_prints_nothing_needs_no_place(void **state)
{
	(void)state;
	assert_ends("exec $tool check --quiet $traces >/dev/full", 0, "");
	assert_ends("exec $tool check --quiet --output /dev/full $traces", 1,
		    "unflushed: cannot write '/dev/full'" FULL);
}

static void everything_else_that_is_asked_for_must_be_written(void **state)
{
	(void)state;
	assert_ends("exec $tool dump $trace >/dev/full", 1,
		    "unflushed: cannot write the dump" FULL);
	assert_ends("exec $tool dump -f json $trace >/dev/full", 1,
		    "unflushed: cannot write the dump" FULL);
	assert_ends("exec $tool --help >/dev/full", 1, "unflushed: cannot write the help" FULL);
	assert_ends("exec $tool check --help >/dev/full", 1,
		    "unflushed: cannot write the help" FULL);
	assert_ends("exec $tool --version >/dev/full", 1,
		    "unflushed: cannot write the version" FULL);
	assert_ends("exec $tool doctor /bin/true >/dev/full", 1,
		    "unflushed: cannot write the answer" FULL);
	assert_ends("exec $tool doctor -f json /bin/true >/dev/full", 1,
		    "unflushed: cannot write the answer" FULL);
	assert_ends("exec $tool broker --for 0 >/dev/full", 1,
		    "unflushed: cannot write the broker's address" FULL);
}

/* The host's status is the host's; a guard without its report has failed. */
static void a_run_says_so_and_fails_only_as_a_guard(void **state)
{
	(void)state;
	assert_ends("exec $tool run -q --output /dev/full -- /bin/true", 0,
		    "unflushed: cannot write '/dev/full'" FULL);
	assert_ends("exec $tool run -q --check --fail-on lost --output /dev/full -- /bin/true",
		    125, "unflushed: cannot write '/dev/full'" FULL);
	assert_ends("exec $tool run -q --check --output /dev/full -- /bin/false", 1,
		    "unflushed: cannot write '/dev/full'" FULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report_that_cannot_be_written_is_an_error),
		cmocka_unit_test(a_check_that_prints_nothing_needs_no_place),
		cmocka_unit_test(everything_else_that_is_asked_for_must_be_written),
		cmocka_unit_test(a_run_says_so_and_fails_only_as_a_guard),
	};

	return cmocka_run_group_tests(tests, record, forget);
}
