/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_patience.c - for how long an answer may be withheld
 */
#include "prove/patience.h"

#include "testing.h"

#define MS INT64_C(1000000)

static void half_the_smallest_bound_and_at_most_five_seconds(void **state)
{
	static const struct {
		const char *settings;
		int64_t ms;
	} rows[] = {
		{NULL, 5000},
		{"", 5000},
		{"acks=-1\nmessage.timeout.ms=300000\nrequest.timeout.ms=30000\n", 5000},
		{"message.timeout.ms=4000\nsocket.timeout.ms=60000\n", 2000},
		{"request.timeout.ms=8000\nmessage.timeout.ms=4000\n", 2000},
		{"transaction.timeout.ms=1000\n", 500},
		{"delivery.timeout.ms=3000\nmax.block.ms=1000\n", 500},
		{"request_timeout_ms=2000\ndelivery_timeout_ms=120000\n", 1000},
		{"connections.max.idle.ms=0\n", 5000}, /* for ever */
		{"connections.max.idle.ms=-1\n", 5000},
		{"message.timeout.ms=nonsense\n", 5000},
		{"my.message.timeout.ms=2\n", 5000}, /* another's */
		{"message.timeout.ms=1\n", 1},
		{"request_timeout_ms=1e300", 5000},
		{"=\n=5\nmessage.timeout.ms\nrequest.timeout.ms=600", 300},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(patience_ns(rows[i].settings, PATIENCE_MOST_NS),
				 rows[i].ms * MS);
}

static void of_several_producers_the_least_counts(void **state)
{
	(void)state;
	assert_int_equal(patience_ns("message.timeout.ms=4000\n", 300 * MS), 300 * MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(half_the_smallest_bound_and_at_most_five_seconds),
		cmocka_unit_test(of_several_producers_the_least_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
