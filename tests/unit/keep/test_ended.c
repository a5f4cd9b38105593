/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ended.c - when a process ended, according to its trace.
 */
#include "keep/ended.h"

#include <stdlib.h>
#include <string.h>

#include "testing.h"
#include "trace_maker.h"

#define MADE (INT64_C(1700000000) * MAKER_SECOND) /* by the clock on the wall */
#define UP (100 * MAKER_SECOND)			  /* by CLOCK_MONOTONIC */
#define FILE_TIME (MADE + 7 * MAKER_SECOND)

static struct maker maker;

static int setup(void **state)
{
	(void)state;
	maker_make(&maker);
	maker.process->realtime_ns = MADE;
	maker.process->monotonic_ns = UP;
	maker.process->how = HOW_UNKNOWN;
	maker.process->observed = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	maker_free(&maker);
	return 0;
}

static struct reader opened(void)
{
	struct reader reader;

	assert_true(reader_take(&reader, maker_copy(&maker), maker.size));
	return reader;
}

/* In seconds since the trace was made. */
static int64_t ended_after_s(void)
{
	struct reader reader = opened();
	int64_t at = ended_at_ns(&reader, FILE_TIME);

	reader_close(&reader);
	return (at - MADE) / MAKER_SECOND;
}

static void what_was_seen_comes_before_what_was_written(void **state)
{
	(void)state;
	maker.process->how = HOW_EXIT;
	maker.process->end_ns = UP + 3 * MAKER_SECOND;
	assert_int_equal(ended_after_s(), 3);
	maker.process->observed = 1;
	maker.process->observed_ns = UP + 4 * MAKER_SECOND;
	assert_int_equal(ended_after_s(), 4);
}

static void one_that_was_killed_lived_until_it_was_last_seen(void **state)
{
	(void)state;
	assert_int_equal(ended_after_s(), 7);
	maker.header->sections[SECTION_MOMENT - 1].used = 2;
	maker.moments[0].state = maker.moments[1].state = 1;
	maker.moments[0].at_ns = UP + 6 * MAKER_SECOND;
	assert_int_equal(ended_after_s(), 7);
	maker.moments[1].at_ns = UP + 9 * MAKER_SECOND;
	assert_int_equal(ended_after_s(), 9);
}

/* Numbers that cannot be are not reckoned with. */
static void else_the_files_time_counts(void **state)
{
	static const struct {
		int64_t realtime_ns, monotonic_ns, end_ns;
	} rows[] = {
		{0, UP, UP + 1},    {-5, UP, UP + 1},	   {MADE, 0, UP},
		{MADE, UP, UP - 1}, {MADE, UP, INT64_MIN}, {INT64_MAX, 1, INT64_MAX},
	};

	(void)state;
	maker.process->how = HOW_EXIT;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		maker.process->realtime_ns = rows[i].realtime_ns;
		maker.process->monotonic_ns = rows[i].monotonic_ns;
		maker.process->end_ns = rows[i].end_ns;
		struct reader reader = opened();

		assert_int_equal(ended_at_ns(&reader, FILE_TIME), FILE_TIME);
		reader_close(&reader);
	}
}

/* Of another container nothing can be asked: only an end that is written down is one. */
static void who_cannot_be_asked_may_run(void **state)
{
	struct reader reader;

	(void)state;
	maker.process->boot_id[0] = '\0';
	reader = opened();
	assert_int_equal(ended_liveness(&reader), LIVENESS_UNKNOWN);
	reader_close(&reader);
	maker.process->how = HOW_EXIT;
	reader = opened();
	assert_int_equal(ended_liveness(&reader), LIVENESS_GONE);
	reader.alive = true;
	assert_int_equal(ended_liveness(&reader), LIVENESS_RUNNING);
	reader_close(&reader);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_seen_comes_before_what_was_written),
		TEST(one_that_was_killed_lived_until_it_was_last_seen),
		TEST(else_the_files_time_counts),
		TEST(who_cannot_be_asked_may_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
