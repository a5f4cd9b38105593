/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_api.c - which interpreters the guest uses, by the version that they
 * report.
 *
 * compiles: shim/cpython/api.c shim/guest/linker.c
 */
#include <stddef.h>
#include <stdint.h>

#include "cpython/api.h"
#include "testing.h"

static const char *version;

static const char *tell_version(void)
{
	return version;
}

static void *tell_interpreter(void *thread)
{
	return thread;
}

static bool is_known(const char *said, bool has_interpreter)
{
	version = said;
	py.Py_GetVersion = tell_version;
	py.PyThreadState_GetInterpreter = has_interpreter ? tell_interpreter : NULL;
	return python_version_known();
}

static void those_with_the_lock_are_entered(void **state)
{
	(void)state;
	assert_true(is_known("3.8.18 (default, Aug 25 2023, 13:20:30) \n[GCC 12.2.0]", false));
	assert_true(is_known("3.11.2 (main, Apr 28 2025, 14:11:48) [GCC 12.2.0]", true));
	assert_true(is_known("3.14.0 (main, Oct  7 2025, 12:00:00) [GCC 14.2.0]", true));
}

/* As CPython's getversion.c writes them; with PYTHON_GIL=1 they say the same. */
static void those_without_it_are_left_alone(void **state)
{
	(void)state;
	assert_false(is_known("3.13.0 experimental free-threading build (main, Oct  7 2024, "
			      "12:00:00) [GCC 14.2.0]",
			      true));
	assert_false(is_known("3.14.0 free-threading build (main, Oct  7 2025, 12:00:00) "
			      "[GCC 14.2.0]",
			      true));
}

static void those_of_unknown_layout_are_left_alone(void **state)
{
	(void)state;
	assert_false(is_known("3.7.17 (default, Jun  6 2023, 20:10:10) \n[GCC 12.2.0]", false));
	assert_false(is_known("2.7.18 (default, Apr 20 2020, 20:30:41) \n[GCC 9.3.0]", false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(those_with_the_lock_are_entered),
		cmocka_unit_test(those_without_it_are_left_alone),
		cmocka_unit_test(those_of_unknown_layout_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
