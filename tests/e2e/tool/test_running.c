/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_running.c - commands for a running process, given by its pid.
 */
#include "harness.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct broker *broker;
static char *directory;
static pid_t pid;

static void every_command_finds_its_trace(void **state)
{
	static const struct {
		const char *command, *says; /* on stdout */
		int code;
	} rows[] = {
		{"report -v %d", "running", 0},
		{"report -f json %d", "\"how\": \"running\"", 0},
		{"check --fail-on lost %d", "messages", 0},
		{"dump %d", "threads_busy", 0},
		{"diff %d %d", "  processes    1                            1\n", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char command[100];

		/* Some rows name it twice. */
		snprintf(command, sizeof(command), rows[i].command, (int)pid, (int)pid);
		struct ended ended = tool_run("%s", command);

		if (exit_code(&ended) != rows[i].code || !strstr(ended.out, rows[i].says))
			fail_msg("%s: %d\n%s%s", command, exit_code(&ended), ended.out,
				 ended.err);
		ended_free(&ended);
	}
}

static void who_has_none_is_said(void **state)
{
	static const char *const commands[] = {"report", "check", "dump"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct ended ended = tool_run("%s %d", commands[i], (int)getpid());

		assert_int_equal(exit_code(&ended), 3);
		assert_non_null(strstr(ended.err, "it has no trace"));
		ended_free(&ended);
		ended = tool_run("%s 2147483647", commands[i]);
		assert_int_equal(exit_code(&ended), 3);
		assert_non_null(strstr(ended.err, "no such process"));
		ended_free(&ended);
	}
}

/* It has produced; on a busy machine that takes its time. */
static bool has_begun(void)
{
	struct ended ended = tool_run("report -f json %d", (int)pid);
	json_t *summary = json_loads(ended.out, 0, NULL);
	json_t *produced = json_path(summary, "processes.0.producers.0.messages.produced");
	bool has = json_integer_value(produced) > 0;

	json_decref(summary);
	ended_free(&ended);
	return has;
}

static int prepare(void **state)
{
	(void)state;
	broker = broker_start();
	directory = scratch_name("-running");
	mkdir(directory, 0700);
	pid = program_start_traced("threads_busy @", directory, broker_address(broker));
	for (int i = 0; i < 300 && !has_begun(); i++)
		usleep(100000);
	return 0;
}

static int finish(void **state)
{
	int status;

	(void)state;
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	broker_stop(broker);
	free(directory);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_finds_its_trace),
		cmocka_unit_test(who_has_none_is_said),
	};

	return cmocka_run_group_tests(tests, prepare, finish);
}
