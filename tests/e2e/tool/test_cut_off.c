/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cut_off.c - a mapped trace that is truncated or has no disk space: the
 * host runs on.
 *
 * A store behind the end of the file, or into a page without a block on a full
 * disk, raises SIGBUS in the host.
 */
#include "harness.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534
#define AS_NOBODY "setpriv --reuid=65534 --regid=65534 --clear-groups"

/* Root may do everything, so these stories run as another user. */
static const char *as_user(void)
{
	return geteuid() == 0 ? AS_NOBODY : "";
}

static char *directory_of_user(void)
{
	char *directory = scratch_name("-mapped");

	mkdir(directory, 0700);
	if (geteuid() == 0) {
		assert_int_equal(chown(directory, NOBODY, NOBODY), 0);
		assert_int_equal(chmod(scratch_directory(), 0755), 0);
	}
	return directory;
}

static int shell(const char *words, const char *path)
{
	char *command;

	assert_true(asprintf(&command, "%s sh -c '%s' sh %s", as_user(), words, path) > 0);
	int status = system(command);

	free(command);
	return status;
}

/* A host that produces without end, and has begun. */
static pid_t busy_host(const char *user, const char *directory, struct broker *broker)
{
	char *command, *out = scratch_name(".out");

	assert_true(asprintf(&command,
			     "%s env LD_PRELOAD=%s UNFLUSHED_DIR=%s %s/threads_busy @", user,
			     PATH_SHIM, directory, PATH_HOSTS) > 0);
	pid_t pid = program_start(command, broker_address(broker), out);

	assert_int_equal(shell("for i in $(seq 200); do ls $1/*.trace && exit; sleep 0.05; "
			       "done >/dev/null 2>&1; exit 1",
			       directory),
			 0);
	free(command);
	free(out);
	return pid;
}

/* It runs until we kill it. */
static void assert_lives(pid_t pid)
{
	int status;

	usleep(500000);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
}

static void assert_readable(const char *directory)
{
	struct ended ended = tool_run("report --format json %s", directory);
	json_t *summary = json_loads(ended.out, 0, NULL);

	assert_int_equal(exit_code(&ended), 0);
	assert_non_null(summary);
	law_assert(summary);
	assert_true(json_number(summary, "processes.0.producers.0.messages.produced") > 0);
	json_decref(summary);
	ended_free(&ended);
}

static void its_own_user_cannot_cut_off_a_trace_by_accident(void **state)
{
	char *directory = directory_of_user();
	struct broker *broker = broker_start();

	(void)state;
	pid_t pid = busy_host(as_user(), directory, broker);

	assert_int_not_equal(
		shell("for t in $1/*.trace; do : >$t; done 2>/dev/null", directory), 0);
	assert_int_not_equal(shell("truncate -s 0 $1/*.trace 2>/dev/null", directory), 0);
	assert_int_not_equal(shell("cp /dev/null $(echo $1/*.trace) 2>/dev/null", directory),
			     0);
	assert_lives(pid);
	assert_readable(directory);
	broker_stop(broker);
	free(directory);
}

static void a_trace_that_is_removed_does_no_harm(void **state)
{
	char *directory = directory_of_user();
	struct broker *broker = broker_start();

	(void)state;
	pid_t pid = busy_host(as_user(), directory, broker);

	assert_int_equal(shell("rm -f $1/*.trace", directory), 0);
	assert_lives(pid);
	broker_stop(broker);
	free(directory);
}

static void a_disk_that_fills_up_later_does_no_harm(void **state)
{
	char *directory = scratch_name("-fills");
	struct broker *broker = broker_start();

	(void)state;
	mkdir(directory, 0700);
	if (mount("tmpfs", directory, "tmpfs", 0, "size=4m") != 0)
		skip_because("a small tmpfs cannot be mounted here");
	pid_t pid = busy_host("", directory, broker);
	char *fill;

	assert_true(asprintf(&fill, "! head -c 8M /dev/zero 2>/dev/null >%s/fill", directory) >
		    0);
	assert_int_equal(system(fill), 0);
	assert_lives(pid);
	assert_readable(directory);
	umount(directory);
	broker_stop(broker);
	free(fill);
	free(directory);
}

/* `run` writes how the process ended into a trace without write permission. */
static void run_writes_the_end_down_for_any_user(void **state)
{
	char *directory = directory_of_user();
	struct broker *broker = broker_start();
	char *command;

	(void)state;
	assert_true(asprintf(&command, "%s %s run --quiet --dir %s -- %s/flushes @", as_user(),
			     PATH_TOOL, directory, PATH_HOSTS) > 0);
	struct ended ended = program_run(command, broker_address(broker));

	assert_int_equal(exit_code(&ended), 0);
	ended_free(&ended);
	assert_int_equal(shell("test $(stat -c %a $1/*.trace) = 400", directory), 0);
	assert_int_equal(
		shell(PATH_TOOL " dump $1/*.trace | grep -q \"observed=1\"", directory), 0);
	broker_stop(broker);
	free(command);
	free(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_own_user_cannot_cut_off_a_trace_by_accident),
		cmocka_unit_test(a_trace_that_is_removed_does_no_harm),
		cmocka_unit_test(a_disk_that_fills_up_later_does_no_harm),
		cmocka_unit_test(run_writes_the_end_down_for_any_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
