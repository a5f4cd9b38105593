/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_large_drained.c - messages that were taken out of the queue are in the
 * next request if that is certain, else in none.
 *
 * compiles: shim/guest/[a-z]*.c shim/trace/[a-z]*.c
 */
#include "trace/large_drained.h"

#include <stdlib.h>

#include "guest/state.h"
#include "scratch.h"
#include "testing.h"
#include "trace/large.h"
#include "trace/record.h"

#define BYTES 1000000
#define SECOND INT64_C(1000000000)
#define PRODUCER 5

static int setup(void **state)
{
	if (scratch_make(state) != 0)
		return -1;
	if (setenv("UNFLUSHED_DIR", scratch_path("."), 1) != 0)
		return -1;
	if (guest_wake() != GUEST_AWAKE || !record_ready())
		return -1;
	owners_thread_is(PRODUCER + 1);
	large_drains_begin();
	return large_drains() ? 0 : -1;
}

static const struct trace_large *taken(uint32_t batch, int64_t began_ns, uint64_t records)
{
	uint32_t large = large_begin(PRODUCER, 0, batch, BYTES, began_ns);

	large_drained(PRODUCER, batch, records);
	return &trace->large[large - 1];
}

static void the_next_request_has_what_was_taken(void **state)
{
	int64_t now_ns = guest_now_ns();
	const struct trace_large *first = taken(101, now_ns - SECOND, 2),
				 *second = taken(102, now_ns - SECOND, 3);
	int64_t began_ns = guest_now_ns();

	(void)state;
	large_drained_written(5, began_ns, began_ns + SECOND);
	assert_int_equal(first->offered_ns, began_ns);
	assert_int_equal(second->written_ns, began_ns + SECOND);
	assert_int_equal(trace->stages[PRODUCER].offered, 2);
	assert_int_equal(trace->stages[PRODUCER].writing_ns, 2 * SECOND);
	large_ended(101, COUNT_DELIVERED);
	large_ended(102, COUNT_DELIVERED);

	/* Of another request: nothing is left of them. */
	large_drained_written(5, began_ns + 5 * SECOND, began_ns + 6 * SECOND);
	assert_int_equal(first->offered_ns, began_ns);
}

/* Two brokers get a request each: which request belongs to which is not known. */
static void of_two_requests_at_once_nothing_is_known(void **state)
{
	const struct trace_large *first = taken(103, guest_now_ns(), 1),
				 *second = taken(104, guest_now_ns(), 1);

	(void)state;
	large_drained_written(1, guest_now_ns(), guest_now_ns());
	large_drained_written(1, guest_now_ns(), guest_now_ns());
	assert_int_equal(first->offered_ns, 0);
	assert_int_equal(second->offered_ns, 0);
}

/* One that was under way already, or whose records cannot be counted. */
static void a_request_begun_before_is_anothers(void **state)
{
	int64_t before_ns = guest_now_ns() - SECOND;
	const struct trace_large *first = taken(105, before_ns, 1), *second;

	(void)state;
	large_drained_written(1, before_ns, guest_now_ns());
	assert_int_equal(first->offered_ns, 0);
	second = taken(106, before_ns, 1);
	large_drained_written(TRACE_UNKNOWN, guest_now_ns(), guest_now_ns());
	assert_int_equal(second->offered_ns, 0);
	second = taken(107, before_ns, 1);
	owners_thread_is(0);
	large_drained_written(1, guest_now_ns(), guest_now_ns());
	owners_thread_is(PRODUCER + 1);
	assert_int_equal(second->offered_ns, 0);
}

/* When send() was called is not known of all, and no sum is told of it. */
static void without_a_beginning_the_rest_is_known(void **state)
{
	uint64_t offered = trace->stages[PRODUCER].offered,
		 written = trace->stages[PRODUCER].written;

	(void)state;
	large_drained_written(0, guest_now_ns(), guest_now_ns());
	const struct trace_large *row = taken(108, 0, 1);
	int64_t now_ns = guest_now_ns();

	large_drained_written(1, now_ns, now_ns + SECOND);
	assert_int_equal(row->offered_ns, now_ns);
	assert_int_equal(trace->stages[PRODUCER].offered, offered);
	assert_int_equal(trace->stages[PRODUCER].written, written + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_next_request_has_what_was_taken),
		cmocka_unit_test(of_two_requests_at_once_nothing_is_known),
		cmocka_unit_test(a_request_begun_before_is_anothers),
		cmocka_unit_test(without_a_beginning_the_rest_is_known),
	};

	return cmocka_run_group_tests(tests, setup, scratch_remove);
}
