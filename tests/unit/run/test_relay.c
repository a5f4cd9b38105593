/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_relay.c - signals of a terminal during a run: Ctrl-C and Ctrl-Z
 *
 * Each test gets a terminal of its own, with the launcher as its foreground
 * process, as a shell would have it.
 */
#include "run/relay.h"

#include <stddef.h>
#include <stdint.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/launch.h"
#include "testing.h"

#define NOT_LAUNCHED 99

/* In the terminal: launches the script and exits as its host did. */
static _Noreturn void launcher(const char *script)
{
	char *argv[] = {(char *)"sh", (char *)"-c", (char *)script, NULL};
	const struct launch launch = {.argv = argv};
	struct launched out;
	char why[256];

	if (!launch_run(&launch, &out, why, sizeof(why)) || !out.reaped)
		_exit(NOT_LAUNCHED);
	if (WIFSIGNALED(out.wait_status))
		relay_die(WTERMSIG(out.wait_status));
	_exit(WEXITSTATUS(out.wait_status));
}

/* Reads what the terminal shows until the host has said `word`. */
static void wait_for(int terminal, const char *word)
{
	char shown[4096] = "";
	size_t at = 0;

	while (!strstr(shown, word)) {
		ssize_t got = read(terminal, shown + at, sizeof(shown) - 1 - at);

		if (got <= 0)
			fail_msg("the host never said '%s', only: %s", word, shown);
		at += (size_t)got;
		shown[at] = '\0';
	}
}

static pid_t launch_in_terminal(const char *script, int *terminal)
{
	pid_t pid = forkpty(terminal, NULL, NULL, NULL);

	if (pid == 0)
		launcher(script);
	if (pid < 0)
		skip_because("no terminal can be had (is /dev/pts mounted?)");
	wait_for(*terminal, "ready");
	return pid;
}

static void press(int terminal, char key)
{
	assert_int_equal(write(terminal, &key, 1), 1);
}

static int status_of(pid_t pid, int options)
{
	int status;

	assert_int_equal(waitpid(pid, &status, options), pid);
	return status;
}

#define PRESSES 5

/* Takes each SIGINT at once, and exits with their number on SIGTERM. */
static const char counts_interrupts[] = "exec /usr/bin/python3 -c 'import signal, sys\n"
					"both = {signal.SIGINT, signal.SIGTERM}\n"
					"signal.pthread_sigmask(signal.SIG_BLOCK, both)\n"
					"print(\"ready\", flush=True)\n"
					"n = 0\n"
					"while signal.sigwait(both) == signal.SIGINT: n += 1\n"
					"sys.exit(n)'";

static void ctrl_c_comes_to_the_host_once(void **state)
{
	int terminal;
	pid_t pid = launch_in_terminal(counts_interrupts, &terminal);

	(void)state;
	for (int i = 0; i < PRESSES; i++) {
		press(terminal, 'C' & 0x1f);
		usleep(50000);
	}
	kill(pid, SIGTERM); /* passed on */
	int status = status_of(pid, 0);
	assert_true(WIFEXITED(status));
	/* A slow machine may make one of two, nothing may make two of one. */
	assert_between(WEXITSTATUS(status), 1, PRESSES);
	close(terminal);
}

static void a_host_that_ctrl_c_kills_is_reported_on_first(void **state)
{
	int terminal;
	pid_t pid = launch_in_terminal("echo ready; exec sleep 30", &terminal);

	(void)state;
	press(terminal, 'C' & 0x1f);
	/* Killed by SIGINT through relay_die(), so after the wait had ended. */
	int status = status_of(pid, 0);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGINT);
	close(terminal);
}

/*
 * A session leader's group is orphaned, and there Ctrl-Z stops nobody: a shell
 * stands above, as in life, and its jobs have a group of their own.
 */
static _Noreturn void shell_above(const char *script)
{
	int status;
	pid_t job = fork();

	if (job == 0) {
		setpgid(0, 0);
		signal(SIGTTOU, SIG_IGN);
		tcsetpgrp(0, getpid());
		signal(SIGTTOU, SIG_DFL);
		launcher(script);
	}
	/* The job stops; the shell takes note and puts it in the foreground again. */
	if (waitpid(job, &status, WUNTRACED) != job || !WIFSTOPPED(status))
		_exit(NOT_LAUNCHED);
	kill(-job, SIGCONT);
	if (waitpid(job, &status, 0) != job || !WIFEXITED(status))
		_exit(NOT_LAUNCHED - 1);
	_exit(WEXITSTATUS(status));
}

static void ctrl_z_stops_the_run_with_its_host_and_both_go_on(void **state)
{
	int terminal;
	pid_t pid = forkpty(&terminal, NULL, NULL, NULL);

	(void)state;
	if (pid == 0)
		/* No child: a shell stopped in the middle of a vfork() stays there. */
		shell_above("echo ready; read line; exit 6");
	wait_for(terminal, "ready");
	press(terminal, 'Z' & 0x1f);
	press(terminal, '\n');
	int status = status_of(pid, 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 6);
	close(terminal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ctrl_c_comes_to_the_host_once),
		cmocka_unit_test(a_host_that_ctrl_c_kills_is_reported_on_first),
		cmocka_unit_test(ctrl_z_stops_the_run_with_its_host_and_both_go_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
