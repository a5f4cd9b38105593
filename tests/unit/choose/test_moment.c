/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_moment.c - points in time as people write them, and texts that are none.
 */
#include "choose/moment.h"

#include "choose/choose.h"
#include "testing.h"

#define SECOND INT64_C(1000000000)
#define NOW (1000000 * SECOND)

static const struct {
	const char *words;
	int64_t at_ns;
} good[] = {
	{"1970-01-01", 0},
	{"1970-01-02", 86400 * SECOND},
	{"2026-11-27T20:13:17Z", 1795810397 * SECOND},
	{"2026-11-27t20:13:17z", 1795810397 * SECOND},
	{"2026-11-27 20:13:17Z", 1795810397 * SECOND},
	{"2026-11-27T21:13:17+01:00", 1795810397 * SECOND},
	{"2026-11-27T15:43:17-04:30", 1795810397 * SECOND},
	{"2026-11-27T20:13:17.25Z", 1795810397 * SECOND + SECOND / 4},
	{"2024-02-29", 1709164800 * SECOND},
	{"0s", NOW},
	{"45s", NOW - 45 * SECOND},
	{"30m", NOW - 1800 * SECOND},
	{"2h", NOW - 7200 * SECOND},
	{"7d", NOW - 7 * 86400 * SECOND},
};

static const char *const bad[] = {
	"",
	"yesterday",
	"2026",
	"2026-11",
	"2026-02-30",
	"2025-02-29",
	"2026-13-01",
	"2026-11-27T",
	"2026-11-27T20:13:17",
	"2h30m",
	"2026-11-27T20:13Z",
	"2026-11-27T20:13:17+1",
	"-2h",
	"2026-11-27T20:13:17ZZ",
	"2 h",
	"h",
	"99999999d",
	"2w",
	"26-11-27",
	"2026-11-27x",
};

static void what_is_a_moment_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		int64_t at_ns = -1;

		if (!moment_read(good[i].words, NOW, &at_ns) || at_ns != good[i].at_ns)
			fail_msg("%s: %lld", good[i].words, (long long)at_ns);
	}
}

static void what_is_none_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		int64_t at_ns = -1;

		if (moment_read(bad[i], NOW, &at_ns))
			fail_msg("'%s' was read: %lld", bad[i], (long long)at_ns);
	}
}

static void what_is_asked_for_is_checked(void **state)
{
	static const struct choose_given refused[] = {{.since = "soon"},
						      {.until = "2h3"},
						      {.verdicts = "los"},
						      {.verdicts = "lost,"
								   "x"},
						      {.only = "abc"},
						      {.only = "xyz123"},
						      {.only = "0123456789abc"}};
	const struct choose_given taken = {
		.since = "2h", .verdicts = "lost,at_risk", .only = "01ab"};
	char why[CHOOSE_WHY_BYTES];
	struct choice choice;

	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		why[0] = '\0';
		assert_false(choose_take(&choice, &refused[i], NOW, why, sizeof why));
		assert_true(why[0] != '\0');
	}
	assert_true(choose_take(&choice, &taken, NOW, why, sizeof why));
	assert_int_equal(choice.since_ns, NOW - 7200 * SECOND);
	assert_int_equal(choice.until_ns, UNKNOWN);
	assert_int_equal(choice.verdicts, 1u << VERDICT_LOST | 1u << VERDICT_AT_RISK);
	assert_true(choice.any);
	assert_true(choose_take(&choice, &(struct choose_given){0}, NOW, why, sizeof why));
	assert_false(choice.any);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_a_moment_is_read),
		cmocka_unit_test(what_is_none_is_refused),
		cmocka_unit_test(what_is_asked_for_is_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
