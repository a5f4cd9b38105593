/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_copies.c - several traces of one process are recognised, and the latest
 * of them counts.
 */
#include "build/copies.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "testing.h"
#include "trace_maker.h"

static struct maker maker;
static struct copies *copies;
static size_t number, other;

static int setup(void **state)
{
	(void)state;
	maker_make(&maker);
	copies = copies_begin();
	number = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	copies_end(copies);
	maker_free(&maker);
	return 0;
}

static void open_copy(struct reader *reader)
{
	assert_true(reader_take(reader, maker_copy(&maker), maker.size));
}

/* What the trace is, as it is now, to those that were noted. */
static enum copies_answer noted(void)
{
	struct reader reader;

	open_copy(&reader);
	enum copies_answer answer = copies_note(copies, &reader, number++, &other);

	reader_close(&reader);
	return answer;
}

static void an_equal_trace_is_a_copy(void **state)
{
	(void)state;
	assert_int_equal(noted(), COPIES_FIRST);
	assert_int_equal(noted(), COPIES_EARLIER);
	assert_int_equal(other, 0);
}

static void any_part_of_the_identity_tells_two_apart(void **state)
{
	(void)state;
	noted();
	maker.process->pid++;
	assert_int_equal(noted(), COPIES_FIRST);
	maker.process->start_ticks++;
	assert_int_equal(noted(), COPIES_FIRST);
	maker.process->pid_namespace++;
	assert_int_equal(noted(), COPIES_FIRST);
	maker.process->monotonic_ns++; /* it has become another program, by exec */
	assert_int_equal(noted(), COPIES_FIRST);
	maker.process->boot_id[0] ^= 1;
	assert_int_equal(noted(), COPIES_FIRST);
}

/* Copied while it ran; then what had been written since; then its end; then run's word. */
static void the_one_that_came_further_counts(void **state)
{
	struct trace_producer *producer = maker_story(&maker, 100, 50);

	(void)state;
	maker.process->how = HOW_UNKNOWN;
	noted();
	producer->requests_sent++;
	assert_int_equal(noted(), COPIES_FURTHER);
	assert_int_equal(other, 0);
	maker.process->how = HOW_EXIT;
	assert_int_equal(noted(), COPIES_FURTHER);
	maker.process->observed = 1;
	assert_int_equal(noted(), COPIES_FURTHER);
	maker.process->observed = 0;
	producer->requests_sent += 1000;
	assert_int_equal(noted(), COPIES_EARLIER);
	assert_int_equal(other, 3);
}

static void one_that_does_not_say_whose_it_is_is_no_copy(void **state)
{
	(void)state;
	maker.process->pid = 0;
	assert_int_equal(noted(), COPIES_FIRST);
	assert_int_equal(noted(), COPIES_FIRST);
}

static void ten_thousand_are_told_apart(void **state)
{
	(void)state;
	for (int i = 0; i < 10000; i++) {
		maker.process->pid++;
		assert_int_equal(noted(), COPIES_FIRST);
	}
	maker.process->pid -= 5000;
	assert_int_equal(noted(), COPIES_EARLIER);
	assert_int_equal(other, 4999);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_equal_trace_is_a_copy),
		TEST(any_part_of_the_identity_tells_two_apart),
		TEST(the_one_that_came_further_counts),
		TEST(one_that_does_not_say_whose_it_is_is_no_copy),
		TEST(ten_thousand_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
