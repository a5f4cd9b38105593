/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_patch.c - functions of many shapes: calls of them are redirected and the
 * real functions still do what they did; or nothing is written at all.
 *
 * compiles: shim/linked/[dmp]*.c shim/linked/a64.c shim/guest/[a-z]*.c
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "linked/patch.h"
#include "testing.h"

#if defined(__x86_64__)
#include "unit/linked/shapes_x86_64.h"
#elif defined(__aarch64__)
#include "unit/linked/shapes_aarch64.h"
#endif

#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#endif

#define GOOD (sizeof good / sizeof *good)

static struct patch patches[GOOD + 1];
static int led;

static int led_here(int given)
{
	led++;
	return given + 1000;
}

static void patches_fill(void)
{
	for (size_t i = 0; i < GOOD; i++)
		patches[i] = (struct patch){.address = (uintptr_t)good[i].function,
					    .bytes = good[i].bytes,
					    .leads = (const void *)led_here};
}

static enum patch_result plan(size_t count)
{
	return patch_plan(patches, count, (uintptr_t)shape_plain & ~4095ul,
			  (uintptr_t)shape_end + 4096);
}

static int shapes_are_untouched(void)
{
	int wrong = 0;

	led = 0;
	for (size_t i = 0; i < GOOD; i++)
		wrong += good[i].function(10) != 10 + good[i].adds;
	return wrong + led;
}

/* 0, or which of them is not as it should be. */
static int shapes_are_led(void)
{
	patches_fill();
	if (plan(GOOD) != PATCH_DONE || patch_write(patches, GOOD) != PATCH_DONE)
		return 1;
	for (size_t i = 0; i < GOOD; i++) {
		shape_fn *real = (shape_fn *)patches[i].real;
		int before = led;

		if (good[i].function(10) != 1010 || led != before + 1)
			return 10 + (int)i;
		int adds = good[i].is_tail ? 1000 : good[i].adds;

		if (real(10) != 10 + adds)
			return 40 + (int)i;
		if (real(0) != adds)
			return 70 + (int)i;
	}
	return 0;
}

static int in_a_child(int (*told)(void))
{
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(told());
	assert_int_equal(waitpid(child, &status, 0), child);
	if (!WIFEXITED(status))
		fail_msg("the child ended with status %#x", status);
	return WEXITSTATUS(status);
}

static void each_shape_is_led_elsewhere_and_still_works(void **state)
{
	(void)state;
	assert_int_equal(in_a_child(shapes_are_led), 0);
	assert_int_equal(shapes_are_untouched(), 0);
}

/* Since Linux 6.3; EINVAL before: then there is nothing to be tried. */
static bool no_code_is_made(void)
{
	return prctl(PR_SET_MDWE, 1, 0, 0, 0) == 0;
}

static int led_without_making_code(void)
{
	return no_code_is_made() ? shapes_are_led() : 77;
}

static void where_no_memory_becomes_code_it_is_led_too(void **state)
{
	int result = in_a_child(led_without_making_code);

	(void)state;
	if (result == 77)
		skip();
	assert_int_equal(result, 0);
}

/* pwrite64() fails with EPERM, and so does mprotect() with these bits. */
static bool writes_are_refused(unsigned protection)
{
	struct sock_filter rules[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pwrite64, 4, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 2),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, protection, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	};
	struct sock_fprog program = {sizeof rules / sizeof *rules, rules};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static int led_by_mprotect(void)
{
	return writes_are_refused(0) ? shapes_are_led() : 1;
}

static void where_only_mprotect_is_left_it_is_led_too(void **state)
{
	(void)state;
	assert_int_equal(in_a_child(led_by_mprotect), 0);
}

static int refused(void)
{
	patches_fill();
	if (!writes_are_refused(PROT_EXEC))
		return 1;
	if (plan(GOOD) != PATCH_DONE || patch_write(patches, GOOD) != PATCH_REFUSED)
		return 2;
	return shapes_are_untouched() ? 3 : 0;
}

static void where_nobody_may_write_all_is_as_it_was(void **state)
{
	(void)state;
	assert_int_equal(in_a_child(refused), 0);
}

static void one_that_is_not_understood_leaves_all_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		patches_fill();
		patches[GOOD] = (struct patch){.address = (uintptr_t)bad[i].function,
					       .bytes = bad[i].bytes,
					       .leads = (const void *)led_here};
		if (plan(GOOD + 1) != PATCH_UNDECODED)
			fail_msg("shape %zu is patched", i);
		assert_int_equal(shapes_are_untouched(), 0);
	}
	assert_int_equal(plan(PATCH_FUNCTIONS + 1), PATCH_NO_ROOM);
}

/* Two names at one address: the linker folded functions of the same code (--icf). */
static void two_that_are_one_leave_all_alone(void **state)
{
	(void)state;
	patches_fill();
	patches[GOOD] = patches[0];
	assert_int_equal(plan(GOOD + 1), PATCH_UNDECODED);
	assert_int_equal(shapes_are_untouched(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_shape_is_led_elsewhere_and_still_works),
		cmocka_unit_test(where_no_memory_becomes_code_it_is_led_too),
		cmocka_unit_test(where_only_mprotect_is_left_it_is_led_too),
		cmocka_unit_test(where_nobody_may_write_all_is_as_it_was),
		cmocka_unit_test(one_that_is_not_understood_leaves_all_alone),
		cmocka_unit_test(two_that_are_one_leave_all_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
