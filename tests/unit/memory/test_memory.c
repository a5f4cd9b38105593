/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_memory.c - if there is no memory the program ends with a message; no
 * function returns NULL.
 */
#include "memory/memory.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "say/say.h"
#include "testing.h"

#define TOO_MUCH (SIZE_MAX / 4)

/* A sanitizer ends a program that asks for too much, unless it is told to answer NULL as libc
 * does. These are the names by which it asks, in a program that is built with one. */
const char *__asan_default_options(void);
const char *__tsan_default_options(void);

const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

const char *__tsan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static jmp_buf back;

static void handler(void)
{
	longjmp(back, 1);
}

static void what_is_asked_for_is_there(void **state)
{
	char *text = memory_text("abc");
	int *zeros = memory_zeroed(4, sizeof *zeros);
	char *nothing = memory_take(0);

	(void)state;
	assert_string_equal(text, "abc");
	text = memory_grown(text, 1000, sizeof *text);
	assert_string_equal(text, "abc");
	for (int i = 0; i < 4; i++)
		assert_int_equal(zeros[i], 0);
	assert_non_null(nothing);
	free(text);
	free(zeros);
	free(nothing);
}

/* The last two overflow when they are multiplied: less would be there, and be overrun. */
static void what_is_not_there_is_the_handlers(void **state)
{
	(void)state;
	memory_when_out(handler);
	for (volatile int ask = 0; ask < 4; ask++) {
		if (setjmp(back))
			continue;
		if (ask == 0)
			memory_take(TOO_MUCH);
		else if (ask == 1)
			memory_grown(NULL, 1, TOO_MUCH);
		else if (ask == 2)
			memory_zeroed(TOO_MUCH, 8);
		else
			memory_grown(NULL, TOO_MUCH, 8);
		fail_msg("ask %d came back", ask);
	}
	memory_when_out(abort);
}

static void the_program_says_so_and_ends_with_125(void **state)
{
	char words[100] = "";
	int said[2], status;

	(void)state;
	assert_int_equal(pipe(said), 0);
	pid_t child = fork();

	if (child == 0) {
		dup2(said[1], STDERR_FILENO);
		memory_when_out(say_out_of_memory);
		/* Overflows: of this the address sanitizer has no words of its own. */
		memory_zeroed(TOO_MUCH, 8);
		_exit(0);
	}
	close(said[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(read(said[0], words, sizeof words - 1) > 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 125);
	assert_string_equal(words, "unflushed: out of memory\n");
	close(said[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_asked_for_is_there),
		cmocka_unit_test(what_is_not_there_is_the_handlers),
		cmocka_unit_test(the_program_says_so_and_ends_with_125),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
