/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_patch.c - functions of many shapes: their calls are led elsewhere and the real ones
 * still do what they did; or nothing is written at all.
 *
 * compiles: shim/linked/patch.c shim/linked/decode.c shim/guest/[a-z]*.c
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "linked/patch.h"
#include "testing.h"

#if defined(__x86_64__)

#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#endif

/* Shapes of functions; each returns what it is given plus a number of its own. */
__asm__(".text\n"
	".macro shape name\n.balign 16\n.type \\name, @function\n\\name:\n.endm\n"
	".macro done name\n.size \\name, .-\\name\n.balign 16\n.endm\n"
	"shape shape_plain\n push %rbp\n mov %rsp, %rbp\n lea 1(%rdi), %eax\n pop %rbp\n ret\n"
	"done shape_plain\n"
	"shape shape_relative\n mov shape_number(%rip), %eax\n add %edi, %eax\n ret\n"
	"done shape_relative\n"
	"shape shape_endbr\n endbr64\n push %rbx\n mov %edi, %ebx\n lea 3(%rbx), %eax\n"
	" pop %rbx\n ret\ndone shape_endbr\n"
	"shape shape_jump\n jmp shape_plain\ndone shape_jump\n"
	"shape shape_short\n lea 4(%rdi), %eax\n ret\ndone shape_short\n"
	"shape shape_branch\n test %edi, %edi\n je 1f\n lea 5(%rdi), %eax\n ret\n"
	"1: mov $5, %eax\n ret\ndone shape_branch\n"
	"shape shape_long\n movabs $0x1122334455667788, %rax\n lea 6(%rdi), %eax\n ret\n"
	"done shape_long\n"
	/* What cannot be patched: a jump into what would be replaced; a call; too short. */
	"shape shape_loops\n mov %edi, %eax\n1: add $1, %eax\n cmp $100, %eax\n jl 1b\n ret\n"
	"done shape_loops\n"
	"shape shape_calls\n call shape_called\n ret\ndone shape_calls\n"
	"shape shape_called\n lea 7(%rdi), %eax\n ret\ndone shape_called\n"
	"shape shape_tiny\n mov %edi, %eax\n ret\n.byte 0x41, 0x41\n.size shape_tiny, 3\n"
	".balign 16\n"
	"shape shape_end\n ret\ndone shape_end\n"
	".data\nshape_number: .long 2\n.text\n");

typedef int shape_fn(int);
int shape_plain(int), shape_relative(int), shape_endbr(int), shape_jump(int), shape_short(int),
	shape_branch(int), shape_long(int), shape_loops(int), shape_calls(int), shape_tiny(int),
	shape_end(int);

static const struct {
	shape_fn *function;
	size_t bytes;
	int adds;
} good[] = {
	{shape_plain, 9, 1}, {shape_relative, 9, 2}, {shape_endbr, 12, 3}, {shape_jump, 2, 1},
	{shape_short, 4, 4}, {shape_branch, 14, 5},  {shape_long, 14, 6},
};
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
		/* shape_jump goes on in shape_plain, which is led elsewhere as well. */
		int expected = good[i].function == shape_jump ? 1010 : 10 + good[i].adds;

		if (real(10) != expected)
			return 20 + (int)i;
		if (good[i].function == shape_branch && real(0) != 5)
			return 40;
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

/* pwrite64() fails with EPERM, and so does mprotect() with PROT_EXEC. */
static bool writes_are_refused(void)
{
	struct sock_filter rules[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pwrite64, 4, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 2),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 4, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	};
	struct sock_fprog program = {sizeof rules / sizeof *rules, rules};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static int refused(void)
{
	patches_fill();
	if (!writes_are_refused())
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
	static const struct {
		shape_fn *function;
		size_t bytes;
	} bad[] = {{shape_loops, 11}, {shape_calls, 6}, {shape_tiny, 3}, {shape_plain, 1}};

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_shape_is_led_elsewhere_and_still_works),
		cmocka_unit_test(where_no_memory_becomes_code_it_is_led_too),
		cmocka_unit_test(where_nobody_may_write_all_is_as_it_was),
		cmocka_unit_test(one_that_is_not_understood_leaves_all_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
	return 77;
}

#endif
