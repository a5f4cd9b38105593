/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_large.c - the stages of large messages: each is stored when it is
 * reached and added up once; if there are more messages than rows, the slowest
 * are kept.
 *
 * compiles: shim/guest/[a-z]*.c shim/trace/[a-z]*.c
 */
#include "trace/large.h"

#include <stdlib.h>

#include "guest/state.h"
#include "scratch.h"
#include "testing.h"
#include "trace/map.h"
#include "trace/record.h"
#include "trace/writer.h"

#define BYTES 10000000
#define SECOND INT64_C(1000000000)

static int setup(void **state)
{
	if (scratch_make(state) != 0)
		return -1;
	if (setenv("UNFLUSHED_DIR", scratch_path("."), 1) != 0)
		return -1;
	return guest_wake() == GUEST_AWAKE && record_ready() ? 0 : -1;
}

static void every_stage_is_stored_and_summed_once(void **state)
{
	int64_t began_ns = guest_now_ns() - 10 * SECOND;
	uint32_t batch = large_batch(), other = large_batch();
	uint32_t large = large_begin(1, 7, batch, BYTES, began_ns);
	const struct trace_large *row = &trace->large[large - 1];
	const struct trace_stages *sums = &trace->stages[1];

	(void)state;
	assert_int_not_equal(large, 0);
	assert_int_equal(row->state, 1);
	assert_int_equal(row->site, 7);
	large_sent(large, 1, 300, 200);
	large_built(batch, 1, BYTES + 5, 8000, 7000);
	large_requested(batch, large_request(3, 2));
	assert_true(large_waits());

	/* Another request of that connection, the same number of another connection. */
	large_first_byte(3, 1, began_ns + SECOND);
	large_last_byte(3, 1, began_ns + SECOND);
	large_first_byte(4, 2, began_ns + SECOND);
	assert_int_equal(row->offered_ns, 0);
	assert_int_equal(row->written_ns, 0);

	large_first_byte(3, 2, began_ns + 3 * SECOND);
	large_last_byte(3, 2, began_ns + 5 * SECOND);
	assert_false(large_waits());
	large_ended(other, COUNT_FAILED);
	assert_int_equal(row->ended_ns, 0);
	large_ended(batch, COUNT_DELIVERED);
	large_ended(batch, COUNT_DELIVERED);
	assert_int_equal(row->end, COUNT_DELIVERED);
	assert_int_equal(row->offered_ns - row->began_ns, 3 * SECOND);
	assert_int_equal(row->send_ns, 300);
	assert_int_equal(row->build_cpu_ns, 7000);

	assert_int_equal(sums->messages, 1);
	assert_int_equal(sums->bytes, BYTES);
	assert_int_equal(sums->send_cpu_ns, 200);
	assert_int_equal(sums->built_bytes, BYTES + 5);
	assert_int_equal(sums->build_cpu_ns, 7000);
	assert_int_equal(sums->offered, 1);
	assert_int_equal(sums->before_ns, 3 * SECOND);
	assert_int_equal(sums->before_max_ns, 3 * SECOND);
	assert_int_equal(sums->writing_ns, 2 * SECOND);
	assert_int_equal(sums->answered, 1);
	assert_int_equal(sums->answering_ns, row->ended_ns - row->written_ns);
}

/* What was put into a second request was offered at the first, and written at the last. */
static void a_message_that_is_sent_again_is_counted_once(void **state)
{
	int64_t began_ns = guest_now_ns() - 10 * SECOND;
	uint32_t batch = large_batch();
	uint32_t large = large_begin(2, 0, batch, BYTES, began_ns);
	const struct trace_large *row = &trace->large[large - 1];

	(void)state;
	for (uint32_t number = 1; number <= 2; number++) {
		large_requested(batch, large_request(5, number));
		large_first_byte(5, number, began_ns + number * SECOND);
		large_last_byte(5, number, began_ns + number * SECOND + 1);
	}
	large_ended(batch, COUNT_FAILED);
	assert_int_equal(row->requests, 2);
	assert_int_equal(row->offered_ns - row->began_ns, SECOND);
	assert_int_equal(row->written_ns - row->began_ns, 2 * SECOND + 1);
	assert_int_equal(trace->stages[2].offered, 1);
	assert_int_equal(trace->stages[2].written, 1);
	assert_int_equal(trace->stages[2].answered, 0);
	assert_false(large_waits());
}

/* With acks=0 a client calls it done before its first byte is written. */
static void what_is_done_before_it_is_written_has_its_stages(void **state)
{
	int64_t began_ns = guest_now_ns() - 10 * SECOND;
	uint32_t batch = large_batch();
	uint32_t large = large_begin(3, 0, batch, BYTES, began_ns);

	(void)state;
	large_requested(batch, large_request(6, 1));
	large_ended(batch, COUNT_UNCONFIRMED);
	large_first_byte(6, 1, began_ns + SECOND);
	large_last_byte(6, 1, began_ns + 2 * SECOND);
	assert_int_equal(trace->large[large - 1].offered_ns, began_ns + SECOND);
	assert_int_equal(trace->large[large - 1].written_ns, began_ns + 2 * SECOND);
	assert_int_equal(trace->stages[3].answered, 0);
}

static int64_t took(uint32_t i)
{
	return trace->large[i].ended_ns - trace->large[i].began_ns;
}

static void of_more_than_there_are_rows_the_slowest_are_kept(void **state)
{
	uint64_t dropped = writer_section(SECTION_LARGE)->dropped;
	int64_t now_ns = guest_now_ns();

	(void)state;
	/* The first and the last half are over at once, those between took some 1,000 s. */
	for (int64_t i = 0; i < 2 * GUEST_LARGE; i++) {
		bool slow = i >= GUEST_LARGE / 2 && i < GUEST_LARGE;
		uint32_t batch = large_batch();

		assert_int_not_equal(
			large_begin(4, 0, batch, BYTES,
				    slow ? now_ns - 1000 * SECOND : guest_now_ns()),
			0);
		large_ended(batch, COUNT_DELIVERED);
	}
	int slow = 0;

	for (uint32_t i = 0; i < GUEST_LARGE; i++)
		slow += took(i) >= 1000 * SECOND;
	assert_int_equal(slow, GUEST_LARGE / 2);
	assert_int_equal(trace->stages[4].messages, 2 * GUEST_LARGE);

	/* Those that are under way stay; one that finds no row is in the sums alone. */
	for (uint32_t i = 0; i < GUEST_LARGE; i++)
		assert_int_not_equal(large_begin(4, 0, large_batch(), BYTES, now_ns), 0);
	assert_int_equal(large_begin(4, 0, large_batch(), BYTES, now_ns), 0);
	assert_int_equal(writer_section(SECTION_LARGE)->dropped, dropped + 1);
	assert_int_equal(trace->stages[4].messages, 3 * GUEST_LARGE + 1);
	large_sent(0, 4, 10, 5);
	assert_int_equal(trace->stages[4].send_cpu_ns, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_stage_is_stored_and_summed_once),
		cmocka_unit_test(a_message_that_is_sent_again_is_counted_once),
		cmocka_unit_test(what_is_done_before_it_is_written_has_its_stages),
		cmocka_unit_test(of_more_than_there_are_rows_the_slowest_are_kept),
	};

	return cmocka_run_group_tests(tests, setup, scratch_remove);
}
