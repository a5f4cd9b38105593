/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_holds.c - how long answers are withheld in total, and what is counted
 */
#include "prove/holds.h"

#include "testing.h"

#define SECOND INT64_C(1000000000)

static struct host_withheld told;
static struct holds holds;

static int set_up(void **state)
{
	(void)state;
	told = (struct host_withheld){.patience_ns = PATIENCE_MOST_NS};
	holds = (struct holds){.told = &told, .live = {.fd = -1}};
	return 0;
}

static void those_at_a_time_are_counted_once(void **state)
{
	(void)state;
	assert_true(holds_begin(&holds, 10 * SECOND));
	assert_true(holds_begin(&holds, 11 * SECOND));
	holds_end(&holds, HOLDS_BY_WAIT, 12 * SECOND);
	holds_end(&holds, HOLDS_BY_TIME, 15 * SECOND);
	assert_true(holds_begin(&holds, 20 * SECOND));
	holds_end(&holds, HOLDS_BY_END, 21 * SECOND);
	assert_int_equal(told.held_ns, 6 * SECOND);
	assert_int_equal(told.holds, 3);
	assert_int_equal(told.by_wait, 1);
	assert_int_equal(told.by_time, 1);
	assert_int_equal(told.by_end, 1);
	assert_false(told.shortened);
}

static void each_lasts_its_time_until_all_of_it_is_used_up(void **state)
{
	int64_t now_ns = 0;

	(void)state;
	for (int i = 0; i < 12; i++) {
		assert_true(holds_begin(&holds, now_ns));
		assert_int_equal(holds_until(&holds, now_ns), now_ns + 5 * SECOND);
		now_ns += 5 * SECOND;
		holds_end(&holds, HOLDS_BY_TIME, now_ns);
	}
	assert_true(told.shortened);
	assert_true(holds_begin(&holds, now_ns));
	assert_int_equal(holds_until(&holds, now_ns), now_ns + HOLDS_SHORT_NS);
}

static void one_that_is_withheld_when_it_is_used_up_is_let_through(void **state)
{
	(void)state;
	assert_true(holds_begin(&holds, 0));
	for (int64_t at = 0; at < 59 * SECOND; at += SECOND)
		holds_count(&holds, at);
	assert_true(holds_begin(&holds, 59 * SECOND));
	holds_count(&holds, 61 * SECOND);
	assert_true(told.shortened);
	assert_true(holds_until(&holds, 59 * SECOND) <= 61 * SECOND);
}

static void a_short_patience_is_not_made_longer(void **state)
{
	(void)state;
	told.patience_ns = SECOND / 20;
	told.held_ns = HOLDS_ALL_NS;
	assert_true(holds_begin(&holds, 0));
	assert_int_equal(holds_until(&holds, 0), SECOND / 20);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
	const struct CMUnitTest tests[] = {
		TEST(those_at_a_time_are_counted_once),
		TEST(each_lasts_its_time_until_all_of_it_is_used_up),
		TEST(one_that_is_withheld_when_it_is_used_up_is_let_through),
		TEST(a_short_patience_is_not_made_longer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
