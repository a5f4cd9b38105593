/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_forked.c - a forked child finds its state empty, also if the kernel does
 * not wipe it.
 *
 * compiles: shim/guest/[a-z]*.c shim/trace/[a-z]*.c shim/account/[a-z]*.c
 */
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "account/ledger.h"
#include "guest/part.h"
#include "guest/state.h"

#ifndef MADV_KEEPONFORK
#define MADV_KEEPONFORK 19
#endif

extern struct guest_part __start_guest_parts[], __stop_guest_parts[];

/* What a child of fork() is told by `child`. */
static int forked(int (*child)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(child());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int finds_it_empty(void)
{
	guest_forked();
	return __atomic_load_n(&guest->phase, __ATOMIC_ACQUIRE) == GUEST_ASLEEP ? 0 : 1;
}

/* It records, into a trace of its own, and its own child is wiped by the kernel. */
static int records_anew(void)
{
	int32_t before = guest->pid;

	if (finds_it_empty() != 0)
		return 1;
	if (guest_wake() != GUEST_AWAKE || !record_ready())
		return 2;
	if (guest->pid == before || trace->process->pid != getpid())
		return 3;
	pid_t pid = fork();
	int status = 0;

	if (pid == 0)
		_exit(guest->phase == GUEST_ASLEEP ? 0 : 1);
	waitpid(pid, &status, 0);
	return status ? 4 : 0;
}

/* As a handler of pthread_atfork() may, before fork() has returned. */
static int keeps_what_is_its_own(void)
{
	if (guest_wake() != GUEST_AWAKE || !record_ready())
		return 1;
	guest_forked();
	return guest_phase() == GUEST_RECORDING && guest->pid == getpid() ? 0 : 2;
}

static void keep_on_fork(void)
{
	char *at = *__start_guest_parts[0].pointer;
	size_t bytes = 0;

	for (struct guest_part *part = __start_guest_parts; part < __stop_guest_parts; part++)
		bytes += (part->size + GUEST_PART_ALIGN - 1) / GUEST_PART_ALIGN *
			 GUEST_PART_ALIGN;
	assert_int_equal(madvise(at, bytes, MADV_KEEPONFORK), 0);
}

static void what_the_kernel_wiped_is_left(void **state)
{
	(void)state;
	assert_int_equal(forked(finds_it_empty), 0);
	assert_int_equal(forked(keeps_what_is_its_own), 0);
}

static void what_nobody_wiped_is_emptied(void **state)
{
	(void)state;
	keep_on_fork();
	assert_int_equal(forked(finds_it_empty), 0);
	assert_int_equal(forked(records_anew), 0);
	assert_int_equal(guest_phase(), GUEST_RECORDING); /* the parent's stays */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_kernel_wiped_is_left),
		cmocka_unit_test(what_nobody_wiped_is_emptied),
	};

	return cmocka_run_group_tests(tests, ledger_begin, scratch_remove);
}
