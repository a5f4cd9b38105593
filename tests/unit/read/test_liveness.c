/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_liveness.c - processes that run, have ended, or are between the two
 *
 * links: threads
 */
#include "read/liveness.h"

#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alive.h"
#include "testing.h"

static void we_run_and_nobody_else_under_our_number(void **state)
{
	struct trace_process process = alive_process(getpid());

	(void)state;
	assert_int_equal(liveness_of(&process), LIVENESS_RUNNING);
	process.start_ticks++;
	assert_int_equal(liveness_of(&process), LIVENESS_GONE);
}

static void a_zombie_has_ended(void **state)
{
	pid_t child = fork();
	siginfo_t ended;

	(void)state;
	if (child == 0)
		_exit(0);
	assert_int_equal(waitid(P_PID, (id_t)child, &ended, WEXITED | WNOWAIT), 0);
	struct trace_process process = alive_process(child);

	assert_int_equal(liveness_of(&process), LIVENESS_GONE);
	waitpid(child, NULL, 0);
	assert_int_equal(liveness_of(&process), LIVENESS_GONE);
}

static void *tell_and_wait(void *pipe_end)
{
	/* Until the first thread is no more: it can be joined, as any other. */
	pthread_join(*(pthread_t *)((void **)pipe_end)[1], NULL);
	if (write(*(int *)((void **)pipe_end)[0], "!", 1) == 1)
		pause();
	return NULL;
}

/* Its first thread is a zombie by then, and the process is not. */
static void a_process_may_live_without_its_first_thread(void **state)
{
	int ends[2];
	char told;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();

	if (child == 0) {
		alarm(20); /* it must not outlive a test that fails */
		static pthread_t first, other;
		static void *argument[2];

		first = pthread_self();
		argument[0] = &ends[1];
		argument[1] = &first;
		if (pthread_create(&other, NULL, tell_and_wait, argument) != 0)
			_exit(1);
		pthread_exit(NULL);
	}
	assert_int_equal(read(ends[0], &told, 1), 1);
	struct trace_process process = alive_process(child);

	assert_int_equal(liveness_of(&process), LIVENESS_RUNNING);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	assert_int_equal(liveness_of(&process), LIVENESS_GONE);
	close(ends[0]);
	close(ends[1]);
}

/* What waits for its pipe is told when its files are closed: before it is a zombie. */
static void who_has_closed_its_files_has_ended(void **state)
{
	(void)state;
	for (int i = 0; i < 200; i++) {
		int ends[2], go[2];
		char nothing;

		assert_int_equal(pipe(ends), 0);
		assert_int_equal(pipe(go), 0);
		pid_t child = fork();

		if (child == 0) {
			close(ends[0]);
			close(go[1]);
			_exit((int)read(go[0], &nothing, 1));
		}
		struct trace_process process = alive_process(child);

		close(ends[1]);
		close(go[0]);
		assert_int_equal(liveness_of(&process), LIVENESS_RUNNING);
		close(go[1]);
		assert_int_equal(read(ends[0], &nothing, 1), 0);
		assert_int_equal(liveness_of(&process), LIVENESS_GONE);
		close(ends[0]);
		waitpid(child, NULL, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(we_run_and_nobody_else_under_our_number),
		cmocka_unit_test(a_zombie_has_ended),
		cmocka_unit_test(a_process_may_live_without_its_first_thread),
		cmocka_unit_test(who_has_closed_its_files_has_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
