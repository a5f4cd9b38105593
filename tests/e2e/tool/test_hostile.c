/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_hostile.c - files of another user where the tool looks: the tool never
 * waits, and opens only regular files.
 */
#include "harness.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TOO_LONG_SECONDS 60 /* then SIGALRM ends the test */

static void shell(const char *words, const char *in)
{
	char *command;

	assert_true(asprintf(&command, "cd %s && %s", in, words) > 0);
	assert_int_equal(system(command), 0);
	free(command);
}

/* A directory with the trace of a program that lost all, and that lies in it, too. */
static char *directory_of_a_lost_run(void)
{
	char *directory = scratch_name("-hostile");

	mkdir(directory, 0700);
	shell("cp " PATH_HOSTS "/forgets_flush host", directory);
	struct ended ended =
		tool_run("run --broker-rtt 1000 --quiet --dir %s -- %s/host {broker} 40",
			 directory, directory);

	assert_int_equal(exit_code(&ended), 0);
	ended_free(&ended);
	return directory;
}

static void expect(int code, const char *said, const char *command, const char *directory)
{
	alarm(TOO_LONG_SECONDS);
	struct ended ended = tool_run("%s %s", command, directory);

	alarm(0);
	if (exit_code(&ended) != code)
		fail_msg("'%s': exit code %d, expected %d; stderr: %s", command,
			 exit_code(&ended), code, ended.err);
	if (said && !strstr(ended.err, said) && !strstr(ended.out, said))
		fail_msg("'%s': '%s' is not in: %s%s", command, said, ended.err, ended.out);
	ended_free(&ended);
}

static void a_module_that_became_a_fifo_has_no_lines(void **state)
{
	char *directory = directory_of_a_lost_run();

	(void)state;
	expect(0, "produced", "report", directory);
	expect(0, "forgets_flush.c", "report --format json", directory);
	shell("rm host && mkfifo host", directory);
	expect(0, "all 40 messages", "report", directory);
	expect(80, NULL, "check", directory);
	shell("rm host && ln -s /dev/tty host", directory);
	expect(80, NULL, "check", directory);
	free(directory);
}

static void what_is_no_file_in_a_directory_is_said(void **state)
{
	static const char *const makes[] = {
		"mkfifo x.trace",
		"python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"x.trace\")'",
		"ln -s /dev/zero x.trace",
		"ln -s /dev/tty x.trace",
	};
	char *directory = scratch_name("-foreign"), *name;

	(void)state;
	mkdir(directory, 0700);
	assert_true(asprintf(&name, "%s/x.trace", directory) > 0);
	for (size_t i = 0; i < sizeof makes / sizeof *makes; i++) {
		shell(makes[i], directory);
		expect(3, "it is not a regular file", "report", directory);
		expect(3, "it is not a regular file", "check", name);
		expect(3, "it is not a regular file", "dump", name);
		expect(1, "is not a regular file", "doctor", name);
		expect(126, NULL, "run --", name);
		unlink(name);
	}
	free(name);
	free(directory);
}

/* The host itself puts a fifo beside its trace. */
static void a_fifo_that_the_host_left_is_not_waited_for(void **state)
{
	char *directory = scratch_name("-left");

	(void)state;
	alarm(TOO_LONG_SECONDS);
	struct ended ended =
		tool_run("run --check --dir %s -- mkfifo %s/x.trace", directory, directory);

	alarm(0);
	assert_int_equal(exit_code(&ended), 83);
	assert_non_null(strstr(ended.err, "it is no regular file; it does not count"));
	ended_free(&ended);
	free(directory);
}

/* ---- names that would drive the terminal ---- */

/* What was printed has no control character but the end of a line, and no override. */
static void assert_harmless(const char *printed, const char *command)
{
	for (const unsigned char *at = (const unsigned char *)printed; *at; at++)
		if ((*at < 0x20 && *at != '\n') || *at == 0x7f ||
		    (at[0] == 0xc2 && at[1] < 0xa0) ||
		    (at[0] == 0xe2 && at[1] == 0x80 && at[2] == 0xae))
			fail_msg("'%s' prints byte 0x%02x: %s", command, *at, printed);
}

#define EVIL "evil\x1b[2J\x07\xc2\x9b\xe2\x80\xae"
#define EVIL_SHOWN "evil\\x1b[2J\\x07\\u009b\\u202e"

static void names_are_printed_with_escapes(void **state)
{
	static const char *const commands[] = {
		"report %s/" EVIL,
		"check %s/" EVIL ".trace",
		"dump %s/" EVIL,
		"doctor %s/" EVIL,
		"run -- %s/" EVIL,
		"run --output %s/" EVIL "/x -- /bin/true",
		"report --format " EVIL " %s",
		"report --" EVIL " %s",
		EVIL " %s",
		"run --dir /proc/" EVIL " -- /bin/true %s",
		"run --broker-rtt " EVIL " -- /bin/true %s",
	};
	char *directory = scratch_name("-names");

	(void)state;
	mkdir(directory, 0700);
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		alarm(TOO_LONG_SECONDS);
		struct ended ended = tool_run(commands[i], directory);

		alarm(0);
		assert_harmless(ended.err, commands[i]);
		assert_harmless(ended.out, commands[i]);
		if (!strstr(ended.err, EVIL_SHOWN))
			fail_msg("'%s' does not name it: %s", commands[i], ended.err);
		ended_free(&ended);
	}
	free(directory);
}

/* The program's own file, and its arguments. */
static void a_program_of_such_a_name_is_reported_with_escapes(void **state)
{
	static const char *const commands[] = {
		"run --broker -- %s/" EVIL " {broker} 1",
		"run --broker --format json -- %s/" EVIL " {broker} 1",
		"run --dir %s/traces --quiet --broker -- %s/" EVIL " {broker} 1",
		"report %s/traces",
		"dump --format json %s/traces/evil.trace",
		"dump %s/traces/evil.trace",
		"doctor %s/" EVIL,
		"doctor --format json %s/" EVIL,
	};
	char *directory = scratch_name("-evil");

	(void)state;
	mkdir(directory, 0700);
	shell("cp " PATH_HOSTS "/forgets_flush '" EVIL "'", directory);
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		struct ended ended = tool_run(commands[i], directory, directory);

		if (i == 2)
			shell("mv traces/*.trace traces/evil.trace", directory);
		assert_harmless(ended.err, commands[i]);
		assert_harmless(ended.out, commands[i]);
		if (i != 2 && !strstr(ended.err, "evil") && !strstr(ended.out, "evil"))
			fail_msg("'%s' does not name it: %s%s", commands[i], ended.out,
				 ended.err);
		ended_free(&ended);
	}
	free(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_module_that_became_a_fifo_has_no_lines),
		cmocka_unit_test(what_is_no_file_in_a_directory_is_said),
		cmocka_unit_test(a_fifo_that_the_host_left_is_not_waited_for),
		cmocka_unit_test(names_are_printed_with_escapes),
		cmocka_unit_test(a_program_of_such_a_name_is_reported_with_escapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
