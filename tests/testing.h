/* SPDX-License-Identifier: Apache-2.0 */
/*
 * testing.h - cmocka of any version, and what our tests say beyond it.
 *
 * cmocka 1 has assert_in_range(), which compares as unsigned; cmocka 2 deprecates it
 * and has others that cmocka 1 lacks. A test uses only what both have, and the rest
 * from here.
 */
#ifndef TESTING_H
#define TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Said here already, and not only where cmocka 2 is. */
#undef assert_in_range
#undef assert_not_in_range
#pragma GCC poison assert_in_range assert_not_in_range

/* Fails unless least <= value <= most; all three fit into 64 bits with a sign. */
#define assert_between(value, least, most)                                                     \
	assert_between_at((int64_t)(value), (int64_t)(least), (int64_t)(most), __FILE__,       \
			  __LINE__)

static inline void assert_between_at(int64_t value, int64_t least, int64_t most,
				     const char *file, int line)
{
	if (value >= least && value <= most)
		return;
	print_error("%lld is not between %lld and %lld\n", (long long)value, (long long)least,
		    (long long)most);
	_fail(file, line);
}

/* Ends this test as skipped. `tools/dev test` repeats the reason beside its count. */
#define skip_because(...)                                                                      \
	do {                                                                                   \
		print_error("SKIPPED: " __VA_ARGS__);                                          \
		print_error("\n");                                                             \
		skip();                                                                        \
	} while (0)

#endif
