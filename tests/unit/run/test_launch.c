/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_launch.c - a host that is launched runs as it would without the launcher
 */
#include "run/launch.h"

#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/hostenv.h"
#include "run/relay.h"
#include "scratch.h"
#include "testing.h"

static const struct broker_options one_broker = BROKER_DEFAULTS;

static struct launched launch_argv(char **argv, const struct broker_options *broker)
{
	const struct launch launch = {.argv = argv, .broker = broker, .redirect_ports = "9092"};
	struct launched out;
	char why[256] = "";
	sigset_t before;

	/* launch_run() goes on holding signals back, for the report's sake; the
	 * next host must not inherit that. */
	sigprocmask(SIG_BLOCK, NULL, &before);
	if (!launch_run(&launch, &out, why, sizeof(why)))
		fail_msg("not launched: %s", why);
	sigprocmask(SIG_SETMASK, &before, NULL);
	assert_true(out.reaped);
	assert_true(out.pid > 0);
	assert_true(out.start_ticks > 0);
	return out;
}

static struct launched launch_shell(const char *script, const struct broker_options *broker)
{
	char *argv[] = {(char *)"sh", (char *)"-c", (char *)script, NULL};

	return launch_argv(argv, broker);
}

static int exit_status(struct launched out)
{
	assert_int_equal(out.exec_error, 0);
	assert_true(WIFEXITED(out.wait_status));
	return WEXITSTATUS(out.wait_status);
}

static void the_status_is_the_hosts_own(void **state)
{
	(void)state;
	assert_int_equal(exit_status(launch_shell("exit 0", NULL)), 0);
	assert_int_equal(exit_status(launch_shell("exit 77", NULL)), 77);
	assert_int_equal(exit_status(launch_shell("exit 255", NULL)), 255);
}

static void a_signal_that_kills_the_host_is_seen(void **state)
{
	static const int signals[] = {SIGKILL, SIGSEGV, SIGABRT, SIGTERM, SIGPIPE};

	(void)state;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		char script[64];

		snprintf(script, sizeof(script), "ulimit -c 0; kill -%d $$", signals[i]);
		struct launched out = launch_shell(script, NULL);
		assert_true(WIFSIGNALED(out.wait_status));
		assert_int_equal(WTERMSIG(out.wait_status), signals[i]);
	}
}

static void a_program_that_cannot_be_run_says_why(void **state)
{
	char *missing[] = {(char *)"/nowhere/at/all", NULL};
	char *folder[] = {(char *)"/tmp", NULL};

	(void)state;
	assert_int_equal(launch_argv(missing, NULL).exec_error, ENOENT);
	assert_int_equal(launch_argv(folder, NULL).exec_error, EACCES);
}

static void a_script_without_an_interpreter_line_runs(void **state)
{
	char *argv[] = {(char *)scratch_write("plain", "exit 9\n"), NULL};

	(void)state;
	scratch_shell("chmod +x plain");
	assert_int_equal(exit_status(launch_argv(argv, NULL)), 9);
}

/* Counted by the shell itself: a child or a pipe would be counted, too, at times. */
#define COUNT_DESCRIPTORS "set -- /proc/$$/fd/*; exit $#"

static void no_descriptor_leaks_into_the_host(void **state)
{
	int without_us = WEXITSTATUS(system(COUNT_DESCRIPTORS));

	(void)state;
	assert_int_equal(exit_status(launch_shell(COUNT_DESCRIPTORS, NULL)), without_us);
	assert_int_equal(exit_status(launch_shell(COUNT_DESCRIPTORS, &one_broker)), without_us);
}

/* grep's own status: it was started by exec, so its masks are the host's. */
static struct launched launch_grep(const char *pattern)
{
	char *argv[] = {(char *)"grep", (char *)"-Eq", (char *)pattern,
			(char *)"/proc/self/status", NULL};

	return launch_argv(argv, &one_broker);
}

static void the_signal_mask_and_dispositions_are_untouched(void **state)
{
	sigset_t before, set;

	(void)state;
	sigemptyset(&set);
	sigprocmask(SIG_SETMASK, &set, &before);
	assert_int_equal(exit_status(launch_grep("^SigBlk:\t0{16}$")), 0);
	sigaddset(&set, SIGUSR1); /* 10 */
	sigprocmask(SIG_SETMASK, &set, NULL);
	assert_int_equal(exit_status(launch_grep("^SigBlk:\t0{13}200$")), 0);
	sigprocmask(SIG_SETMASK, &before, NULL);
	signal(SIGCHLD, SIG_IGN); /* 17: and yet we must see the status */
	assert_int_equal(exit_status(launch_grep("^SigIgn:\t0{11}10000$")), 0);
	signal(SIGCHLD, SIG_DFL);
	assert_int_equal(exit_status(launch_grep("^SigIgn:\t0{16}$")), 0);
}

static void the_brokers_address_is_filled_in_everywhere(void **state)
{
	(void)state;
	setenv("PRODUCER_URL", "kafka://{broker}/{broker}", 1);
	struct launched out = launch_shell("a={broker}; test \"$a\" = \"$UNFLUSHED_BROKER\" && "
					   "test \"$PRODUCER_URL\" = \"kafka://$a/$a\" && "
					   "case $a in 127.0.0.1:[0-9]*) exit 0;; esac; exit 1",
					   &one_broker);
	unsetenv("PRODUCER_URL");
	assert_int_equal(exit_status(out), 0);
	assert_memory_equal(out.bootstrap, "127.0.0.1:", 10);
	/* Ours is as it was: only the child's was changed. */
	assert_null(getenv("UNFLUSHED_BROKER"));
}

static void without_a_broker_nothing_is_filled_in(void **state)
{
	(void)state;
	assert_int_equal(exit_status(launch_shell("test '{broker}' = '{'broker'}'", NULL)), 0);
}

static void an_unrecorded_host_gets_no_preload(void **state)
{
	(void)state;
	assert_int_equal(exit_status(launch_shell(
				 "test -z \"$UNFLUSHED_DIR$UNFLUSHED_REDIRECT$LD_PRELOAD\"",
				 &one_broker)),
			 0);
}

static void a_signal_sent_to_us_reaches_the_host(void **state)
{
	(void)state;
	assert_int_equal(exit_status(launch_shell("trap 'exit 42' TERM; (kill -TERM $PPID);"
						  "while :; do sleep 0.05; done",
						  NULL)),
			 42);
	assert_int_equal(exit_status(launch_shell("trap 'exit 43' HUP; (kill -HUP $PPID);"
						  "while :; do sleep 0.05; done",
						  NULL)),
			 43);
}

static void a_signal_the_host_sent_itself_comes_once(void **state)
{
	(void)state;
	/* kill(parent) from the host itself: not handed back to it. */
	assert_int_equal(exit_status(launch_shell("trap 'exit 44' TERM; kill -TERM $PPID;"
						  "sleep 0.2; exit 3",
						  NULL)),
			 3);
}

static void a_stopped_host_is_waited_for(void **state)
{
	(void)state;
	assert_int_equal(exit_status(launch_shell("(sleep 0.1; kill -CONT $$) & kill -STOP $$;"
						  "exit 5",
						  NULL)),
			 5);
}

static void the_end_is_the_same_signal_without_a_core(void **state)
{
	int status;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		relay_die(SIGQUIT);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGQUIT);
	assert_false(WCOREDUMP(status));
}

static void the_preload_is_prepended(void **state)
{
	struct rundir dir = {
		.traces = "/traces", .mark = "/mark", .shim = "/shim.so", .run = "0123"};
	const struct hostenv env = {.dir = &dir,
				    .bootstrap = "127.0.0.1:1,127.0.0.1:2",
				    .redirect_ports = "9092,9093"};
	int status;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		setenv("LD_PRELOAD", "/other.so", 1);
		_exit(hostenv_apply(&env) &&
				      !strcmp(getenv("LD_PRELOAD"), "/shim.so:/other.so") &&
				      !strcmp(getenv("UNFLUSHED_DIR"), "/traces") &&
				      !strcmp(getenv("UNFLUSHED_MARK"), "/mark") &&
				      !strcmp(getenv("UNFLUSHED_RUN"), "0123") &&
				      !strcmp(getenv("UNFLUSHED_REDIRECT"), "127.0.0.1:1") &&
				      !strcmp(getenv("UNFLUSHED_REDIRECT_PORTS"), "9092,9093")
			      ? 0
			      : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void preloads(const char *given, const char *goes_first, const char *expected)
{
	struct rundir dir = {.traces = "/traces", .mark = "/mark", .shim = "/shim.so"};
	const struct hostenv env = {.dir = &dir, .goes_first = goes_first};
	int status;
	pid_t child = fork();

	if (child == 0) {
		setenv("LD_PRELOAD", given, 1);
		_exit(!hostenv_apply(&env) || strcmp(getenv("LD_PRELOAD"), expected) != 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void a_runtime_that_must_be_first_stays_the_first(void **state)
{
	(void)state;
	preloads("", "libasan.so.8", "libasan.so.8:/shim.so");
	preloads("/other.so", "libasan.so.8", "libasan.so.8:/shim.so:/other.so");
	preloads("/lib/libasan.so.8", NULL, "/lib/libasan.so.8:/shim.so");
	preloads("/lib/libasan.so.8 /other.so", "libasan.so.8",
		 "/lib/libasan.so.8:/shim.so /other.so");
	preloads("/libasan/other.so", NULL, "/shim.so:/libasan/other.so");
}

static void with_the_auditor_there_is_room_for_thread_locals(void **state)
{
	struct rundir dir = {
		.traces = "/traces", .mark = "/mark", .shim = "/shim.so", .audit = "/audit.so"};
	const struct hostenv env = {.dir = &dir};
	int status;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		setenv("GLIBC_TUNABLES", "glibc.malloc.check=3", 1);
		bool added = hostenv_apply(&env) &&
			     !strcmp(getenv("GLIBC_TUNABLES"),
				     "glibc.malloc.check=3:"
				     "glibc.rtld.optional_static_tls=0x00000600");

		/* The host's own word on it stands. */
		setenv("GLIBC_TUNABLES", "glibc.rtld.optional_static_tls=1024", 1);
		_exit(!(added && hostenv_apply(&env) &&
			!strcmp(getenv("GLIBC_TUNABLES"),
				"glibc.rtld.optional_static_tls=1024")));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void asan_is(const char *given, const char *expected)
{
	struct rundir dir = {.traces = "/traces", .mark = "/mark", .shim = "/shim.so"};
	const struct hostenv env = {.dir = &dir};
	int status;
	pid_t child = fork();

	if (child == 0) {
		if (given)
			setenv("ASAN_OPTIONS", given, 1);
		_exit(!hostenv_apply(&env) || strcmp(getenv("ASAN_OPTIONS"), expected) != 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void the_order_of_libraries_is_excused(void **state)
{
	(void)state;
	unsetenv("ASAN_OPTIONS");
	asan_is(NULL, "verify_asan_link_order=0");
	asan_is("", "verify_asan_link_order=0");
	asan_is("detect_leaks=0", "detect_leaks=0:verify_asan_link_order=0");
	/* The host's own word on it stands. */
	asan_is("verify_asan_link_order=1", "verify_asan_link_order=1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_runtime_that_must_be_first_stays_the_first),
		cmocka_unit_test(the_order_of_libraries_is_excused),
		cmocka_unit_test(with_the_auditor_there_is_room_for_thread_locals),
		cmocka_unit_test(the_status_is_the_hosts_own),
		cmocka_unit_test(a_signal_that_kills_the_host_is_seen),
		cmocka_unit_test(a_program_that_cannot_be_run_says_why),
		cmocka_unit_test(a_script_without_an_interpreter_line_runs),
		cmocka_unit_test(no_descriptor_leaks_into_the_host),
		cmocka_unit_test(the_signal_mask_and_dispositions_are_untouched),
		cmocka_unit_test(the_brokers_address_is_filled_in_everywhere),
		cmocka_unit_test(without_a_broker_nothing_is_filled_in),
		cmocka_unit_test(an_unrecorded_host_gets_no_preload),
		cmocka_unit_test(a_signal_sent_to_us_reaches_the_host),
		cmocka_unit_test(a_signal_the_host_sent_itself_comes_once),
		cmocka_unit_test(a_stopped_host_is_waited_for),
		cmocka_unit_test(the_end_is_the_same_signal_without_a_core),
		cmocka_unit_test(the_preload_is_prepended),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
