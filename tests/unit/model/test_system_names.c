/* SPDX-License-Identifier: Apache-2.0 */
/* links: cmocka tools_objects */
/*
 * test_system_names.c - every number has the name that glibc gives it
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "model/system_names.h"
#include "testing.h"

#define NUMBERS 4096

/* Of those that are newer than the table (glibc 2.43 has one more) we may know less, and of
 * those that are newer than this glibc it may. */
static void assert_error_is(int number, const char *error)
{
	const char *of_ours = system_names_error(number);

	if (number > EHWPOISON && (!error || !of_ours))
		return;
	if (error)
		assert_string_equal(of_ours, error);
	else
		assert_null(of_ours);
}

static void no_number_has_another_name_than_in_glibc(void **state)
{
	(void)state;
#if __GLIBC_PREREQ(2, 32)
	for (int number = 1; number < NUMBERS; number++) {
		const char *error = strerrorname_np(number);
		const char *signal = number < 64 ? sigabbrev_np(number) : NULL;
		const char *of_ours = system_names_signal(number);

		assert_error_is(number, error);
		if (signal)
			assert_string_equal(of_ours + strlen("SIG"), signal);
		else
			assert_null(of_ours);
	}
#else
	skip();
#endif
}

static void what_is_no_number_of_theirs_has_no_name(void **state)
{
	static const int64_t wrong[] = {INT64_MIN,	  -1,	    0, INT32_MAX,
					(int64_t)1 << 32, INT64_MAX};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_null(system_names_error(wrong[i]));
		assert_null(system_names_signal(wrong[i]));
	}
	assert_string_equal(system_names_error(ECONNREFUSED), "ECONNREFUSED");
	assert_string_equal(system_names_signal(SIGKILL), "SIGKILL");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_number_has_another_name_than_in_glibc),
		cmocka_unit_test(what_is_no_number_of_theirs_has_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
