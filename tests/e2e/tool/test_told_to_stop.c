/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_told_to_stop.c - `run --check` of servers that are stopped with SIGTERM:
 * the verdict decides the exit status.
 */
#include "harness.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS 30000

static bool has_begun(const char *path)
{
	char *text = file_read(path);
	bool begun = text && strstr(text, "ready");

	free(text);
	return begun;
}

/* Runs stops_when_told with these words and sends `run` the signal; waitpid's status. From
 * whoever forgets the broker is so far away that nothing is written before, on a busy machine
 * either; who flushes waits for it. */
static int told(const char *options, const char *words, int number)
{
	bool flushes = strncmp(words, "flush", 5) == 0;
	struct broker *broker = broker_start();
	char *out = scratch_name(".out"), *command;
	int status;

	broker_rtt(broker, flushes ? 400 : 60000);
	assert_true(asprintf(&command,
			     PATH_TOOL " run --quiet %s -- %s/stops_when_told @ 50 %s", options,
			     PATH_HOSTS, words) > 0);
	pid_t pid = program_start(command, broker_address(broker), out);
	for (int waited = 0; !has_begun(out) && waited < PATIENCE_MS; waited += 10)
		usleep(10000);
	kill(pid, number);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	broker_stop(broker);
	free(command);
	free(out);
	return status;
}

static void assert_exits(int status, int code)
{
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), code);
}

static void one_that_flushes_and_dies_of_it_is_a_success(void **state)
{
	(void)state;
	assert_exits(told("--check", "flush signal", SIGTERM), 0);
}

static void one_that_flushes_and_exits_with_143_is_a_success(void **state)
{
	(void)state;
	assert_exits(told("--check", "flush status", SIGTERM), 0);
}

static void one_that_forgets_to_flush_fails_by_its_verdict(void **state)
{
	(void)state;
	assert_exits(told("--check", "forget signal", SIGTERM), 80);
	assert_exits(told("--check", "forget status", SIGTERM), 80);
	assert_exits(told("--check", "default signal", SIGTERM), 80);
}

/* Without a guard the status is the host's own, whoever sent the signal. */
static void without_a_guard_it_dies_of_it(void **state)
{
	int status = told("", "flush signal", SIGTERM);

	(void)state;
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGTERM);
}

/* It ended by another signal than it was told by: that is its own failure. */
static void a_status_of_another_signal_stays_the_hosts(void **state)
{
	(void)state;
	assert_exits(told("--check", "flush status", SIGUSR1), 128 + SIGTERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_flushes_and_dies_of_it_is_a_success),
		cmocka_unit_test(one_that_flushes_and_exits_with_143_is_a_success),
		cmocka_unit_test(one_that_forgets_to_flush_fails_by_its_verdict),
		cmocka_unit_test(without_a_guard_it_dies_of_it),
		cmocka_unit_test(a_status_of_another_signal_stays_the_hosts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
