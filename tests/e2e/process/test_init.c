/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_init.c - `run` as the first process of a container: in a new pid
 * namespace.
 *
 * There no other process reaps orphans, signals without a handler are ignored,
 * and processes that outlive PID 1 are killed with it.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const unshares[] = {
	"unshare --pid --fork --mount-proc ",
	"unshare --user --map-root-user --pid --fork --mount-proc ",
};
static const char *unshare;

static void needs_namespace(void)
{
	for (size_t i = 0; !unshare && i < sizeof(unshares) / sizeof(*unshares); i++) {
		char command[128];

		snprintf(command, sizeof(command), "%strue 2>/dev/null", unshares[i]);
		if (system(command) == 0)
			unshare = unshares[i];
	}
	if (!unshare)
		skip_because("no pid namespace can be made here (unshare --pid)");
}

/* `unflushed run OPTIONS -- sh -c HOST` as PID 1; "@" is the broker's address. */
static struct ended contained(const char *options, const char *host, const char *address)
{
	char *name = scratch_name(".sh"), *command;
	FILE *file = fopen(name, "we");

	needs_namespace();
	assert_non_null(file);
	fprintf(file, "#!/bin/sh\n# $1 is the broker's address\n%s\n", host);
	fclose(file);
	chmod(name, 0700);
	assert_true(asprintf(&command, "%s" PATH_TOOL " run %s -- %s @", unshare, options,
			     name) > 0);
	struct ended ended = program_run(command, address);
	free(command);
	free(name);
	return ended;
}

static void it_is_the_first_process(void **state)
{
	struct ended ended = contained("-q", "echo $PPID; exit 7", "none");

	(void)state;
	assert_string_equal(ended.out, "1\n");
	assert_int_equal(exit_code(&ended), 7);
	ended_free(&ended);
}

static void orphans_are_reaped(void **state)
{
	struct ended ended =
		contained("-q",
			  "for i in 1 2 3 4 5 6 7 8; do (sleep 0.01 &); done\n"
			  "for i in 1 2 3 4 5 6 7 8 9; do sleep 0.2\n"
			  "	n=$(cat /proc/[0-9]*/stat | grep -c ') [SZ] 1 ')\n"
			  "	[ $n = 1 ] && break\n"
			  "done; echo $n children",
			  "none");

	(void)state;
	/* The host itself. */
	assert_string_equal(ended.out, "1 children\n");
	ended_free(&ended);
}

/* Each is sent to PID 1 by another process than the host, as `docker kill` does it. */
static void signals_go_on_to_the_host(void **state)
{
	static const char *const names[] = {"HUP",  "INT",  "QUIT", "TERM", "USR1",
					    "USR2", "TSTP", "CONT", "WINCH"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char host[512];

		snprintf(
			host, sizeof(host),
			"trap 'echo got %s; exit 5' %s\n"
			"(sleep 0.05; kill -%s 1) &\n"
			"n=0; while [ $n -lt 100 ]; do sleep 0.05; n=$((n+1)); done; echo none",
			names[i], names[i], names[i]);
		struct ended ended = contained("-q", host, "none");
		printf("%s: %s", names[i], ended.out);
		assert_memory_equal(ended.out, "got ", 4);
		assert_memory_equal(ended.out + 4, names[i], strlen(names[i]));
		assert_int_equal(exit_code(&ended), 5);
		ended_free(&ended);
	}
}

static void a_host_that_was_stopped_can_be_continued(void **state)
{
	struct ended ended = contained(
		"-q",
		"(sleep 0.1; kill -STOP $$; sleep 0.1; kill -CONT 1) & sleep 0.5; echo on",
		"none");

	(void)state;
	assert_string_equal(ended.out, "on\n");
	ended_free(&ended);
}

/* PID 1 cannot die by a signal of its own. */
static void the_end_by_a_signal_is_a_status(void **state)
{
	struct ended ended = contained("-q", "kill -SEGV $$", "none");

	(void)state;
	assert_int_equal(exit_code(&ended), 128 + 11);
	ended_free(&ended);
	ended = contained("-q", "(sleep 0.1; kill -TERM 1) & sleep 5; sleep 5", "none");
	assert_int_equal(exit_code(&ended), 128 + 15);
	ended_free(&ended);
}

static void what_outlives_the_host_is_named_and_ends(void **state)
{
	struct ended ended = contained(
		"", "for i in 1 2 3 4 5 6; do (exec sleep 30 &); done; exit 4", "none");

	(void)state;
	assert_int_equal(exit_code(&ended), 4);
	assert_non_null(strstr(ended.err, "(sleep) outlived the program, and was ended"));
	assert_non_null(strstr(ended.err, "so were 2 more"));
	ended_free(&ended);
}

/* Its messages are lost, and not "still under way": it is gone before the report is made. */
static void a_producer_that_outlives_the_host_has_lost(void **state)
{
	struct broker *broker = broker_start();

	(void)state;
	/* A minute for an answer: it waits in flush when the host ends. */
	broker_rtt(broker, 60000);
	struct ended ended = contained(
		"--check -f json",
		"(" PATH_HOSTS "/flushes $1 10 >/dev/null &)\n"
		"n=0; until ls $UNFLUSHED_DIR/*.trace >/dev/null 2>&1 || [ $n = 100 ]; do\n"
		"	sleep 0.05; n=$((n+1)); done; sleep 1; exit 0",
		broker_address(broker));
	broker_stop(broker);
	printf("%s\n", ended.err);
	assert_non_null(strstr(ended.err, "(flushes) outlived the program, and was ended"));
	assert_null(strstr(ended.err, "still-running"));
	assert_int_equal(exit_code(&ended), 80);
	ended_free(&ended);
}

static void a_clean_host_is_clean(void **state)
{
	struct broker *broker = broker_start();
	struct ended ended =
		contained("--check", PATH_HOSTS "/flushes $1 10", broker_address(broker));

	(void)state;
	broker_stop(broker);
	if (exit_code(&ended) != 0)
		fail_msg("%s", ended.err);
	ended_free(&ended);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_the_first_process),
		cmocka_unit_test(orphans_are_reaped),
		cmocka_unit_test(signals_go_on_to_the_host),
		cmocka_unit_test(a_host_that_was_stopped_can_be_continued),
		cmocka_unit_test(the_end_by_a_signal_is_a_status),
		cmocka_unit_test(what_outlives_the_host_is_named_and_ends),
		cmocka_unit_test(a_producer_that_outlives_the_host_has_lost),
		cmocka_unit_test(a_clean_host_is_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
