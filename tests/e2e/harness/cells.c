/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cells.c - runs the cells of a table in parallel.
 *
 * Each worker is a process and not a thread: the harness has global state, and
 * a failed assertion in a worker calls abort().
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS_MOST 32

void *cells_memory(size_t bytes)
{
	void *memory =
		mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(memory != MAP_FAILED);
	return memory;
}

/* Out of a worker, cmocka must not jump back into the tests. */
static pid_t worker_start(size_t *next, size_t count, cell_fn *try_one)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	setenv("CMOCKA_TEST_ABORT", "1", 1);
	for (;;) {
		size_t index = __atomic_fetch_add(next, 1, __ATOMIC_RELAXED);

		if (index >= count)
			exit(0);
		try_one(index);
	}
}

void cells_try(size_t count, int workers, cell_fn *try_one)
{
	size_t *next = cells_memory(sizeof(*next));
	pid_t pids[WORKERS_MOST];
	int failed = 0, status;

	assert_between(workers, 1, WORKERS_MOST);
	fflush(NULL);
	for (int i = 0; i < workers; i++)
		pids[i] = worker_start(next, count, try_one);
	for (int i = 0; i < workers; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		failed += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
	}
	munmap(next, sizeof(*next));
	if (failed)
		fail_msg("%d of %d workers failed; what they say is above", failed, workers);
}
