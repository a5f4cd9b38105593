/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_large_thread.c - a message is assigned to the request that was answered
 * right before it was done; the time to build that request is the message's own
 * if no small message was in it.
 *
 * compiles: shim/guest/[a-z]*.c shim/trace/[a-z]*.c
 */
#include "trace/large_thread.h"

#include <stdlib.h>

#include "guest/state.h"
#include "scratch.h"
#include "testing.h"
#include "trace/record.h"

#define BYTES 1000000
#define SECOND INT64_C(1000000000)

static int setup(void **state)
{
	if (scratch_make(state) != 0)
		return -1;
	if (setenv("UNFLUSHED_DIR", scratch_path("."), 1) != 0)
		return -1;
	return guest_wake() == GUEST_AWAKE && record_ready() ? 0 : -1;
}

/* The last message of this producer. */
static const struct trace_large *row_of(uint32_t producer)
{
	const struct trace_large *found = NULL;

	for (uint32_t i = 0; i < GUEST_LARGE; i++)
		if (trace->large[i].state && trace->large[i].producer == producer &&
		    (!found || trace->large[i].batch > found->batch))
			found = &trace->large[i];
	return found;
}

/* The message of this producer that was taken after so many others of its. */
static const struct trace_large *row_at(uint32_t producer, int others)
{
	const struct trace_large *last = row_of(producer);

	assert_non_null(last);
	for (uint32_t i = 0; i < GUEST_LARGE; i++) {
		const struct trace_large *row = &trace->large[i];
		int before = 0;

		for (uint32_t j = 0; j < GUEST_LARGE; j++)
			before += trace->large[j].state &&
				  trace->large[j].producer == producer &&
				  trace->large[j].batch < row->batch;
		if (row->state && row->producer == producer && before == others)
			return row;
	}
	fail_msg("no message %d of producer %u", others, producer);
	return last;
}

static void work(int64_t ns)
{
	int64_t until_ns = guest_cpu_ns() + ns;

	while (guest_cpu_ns() < until_ns)
		;
}

/* A turn of a client's loop, which takes so much of the processor. */
static void build(int64_t ns)
{
	large_call_over(LARGE_POLLED);
	work(ns);
	large_call_over(LARGE_POLLED);
}

static struct large_produce write_it(int32_t correlation, int32_t records, int64_t at_ns)
{
	const struct large_produce request = {3,     correlation,    records,
					      at_ns, at_ns + SECOND, false};

	large_request_began(3);
	large_call_over(LARGE_WROTE);
	large_request_written(&request);
	return request;
}

static void a_request_is_its_messages(void **state)
{
	int64_t began_ns = guest_now_ns() - 10 * SECOND;
	int messages[3];

	(void)state;
	assert_false(large_is_timed());
	large_message_taken(&messages[0], 1, 0, BYTES, began_ns);
	large_message_taken(&messages[1], 1, 0, BYTES, began_ns);
	large_message_taken(&messages[2], 1, 0, BYTES, began_ns);
	assert_true(large_is_timed());
	build(20000000);
	struct large_produce first = write_it(7, 2, began_ns + SECOND);

	build(1000000);
	struct large_produce second = write_it(8, 1, began_ns + 3 * SECOND);

	work(30000000); /* nothing is built between a read and the next poll */
	large_call_over(LARGE_READ);
	large_request_over(&first);
	large_message_done(&messages[0], COUNT_DELIVERED);
	assert_int_equal(trace->stages[1].built_bytes, 0);
	large_message_done(&messages[1], COUNT_DELIVERED);
	assert_int_equal(trace->stages[1].built_bytes, 2 * BYTES);
	assert_between(trace->stages[1].build_cpu_ns, 20000000, 29000000);
	large_request_over(&second);
	large_message_done(&messages[2], COUNT_DELIVERED);
	large_message_done(&messages[2], COUNT_DELIVERED);
	assert_false(large_is_timed());
	assert_int_equal(trace->stages[1].offered, 3);
	assert_int_equal(trace->stages[1].before_ns, 5 * SECOND);
	assert_int_equal(trace->stages[1].writing_ns, 3 * SECOND);
	assert_int_equal(trace->stages[1].answered, 3);
	assert_int_equal(row_of(1)->offered_ns, began_ns + 3 * SECOND);
}

/* Of a batch with small messages in it the part of the large ones is not known. */
static void what_small_messages_have_a_part_in_is_not_summed(void **state)
{
	int message;

	(void)state;
	large_message_taken(&message, 2, 0, BYTES, guest_now_ns());
	build(5000000);
	struct large_produce request = write_it(9, 100, guest_now_ns());

	large_request_over(&request);
	large_message_done(&message, COUNT_DELIVERED);
	assert_true(row_of(2)->build_cpu_ns >= 5000000);
	assert_int_equal(trace->stages[2].built_bytes, 0);
	assert_int_equal(trace->stages[2].build_cpu_ns, 0);
}

/* The thread may have built it before its time was looked at. */
static void a_request_begun_before_the_first_look_is_not_known(void **state)
{
	int message;

	(void)state;
	large_message_taken(&message, 3, 0, BYTES, guest_now_ns());
	large_call_over(LARGE_POLLED);
	struct large_produce request = write_it(10, 1, guest_now_ns());

	large_request_over(&request);
	large_message_done(&message, COUNT_DELIVERED);
	assert_int_equal(row_of(3)->built_ns, 0);
	assert_int_not_equal(row_of(3)->offered_ns, 0);
	assert_int_equal(trace->stages[3].built_bytes, 0);
}

/* Written one right behind the other: what each of them took is not known. */
static void of_requests_of_one_turn_the_sum_is_known(void **state)
{
	int messages[3];

	(void)state;
	for (int i = 0; i < 3; i++)
		large_message_taken(&messages[i], 7, 0, BYTES, guest_now_ns());
	build(8000000);
	struct large_produce first = write_it(20, 1, guest_now_ns());
	struct large_produce second = write_it(21, 1, guest_now_ns());

	build(4000000);
	struct large_produce alone = write_it(22, 1, guest_now_ns());

	large_request_over(&first);
	large_message_done(&messages[0], COUNT_DELIVERED);
	assert_int_equal(row_at(7, 0)->built_ns, 0);
	assert_int_equal(trace->stages[7].built_bytes, 0);
	large_request_over(&second);
	large_message_done(&messages[1], COUNT_DELIVERED);
	assert_int_equal(row_at(7, 1)->built_ns, 0);
	assert_int_equal(trace->stages[7].built_bytes, 2 * BYTES);
	assert_between(trace->stages[7].build_cpu_ns, 8000000, 12000000);
	large_request_over(&alone);
	large_message_done(&messages[2], COUNT_DELIVERED);
	assert_true(row_at(7, 2)->build_cpu_ns >= 4000000);
	assert_int_equal(trace->stages[7].built_bytes, 3 * BYTES);
}

static void of_a_turn_with_small_messages_there_is_no_sum(void **state)
{
	int message;

	(void)state;
	large_message_taken(&message, 8, 0, BYTES, guest_now_ns());
	build(5000000);
	struct large_produce large = write_it(23, 1, guest_now_ns());
	struct large_produce small = write_it(24, 100, guest_now_ns());

	large_request_over(&large);
	large_message_done(&message, COUNT_DELIVERED);
	large_request_over(&small);
	assert_int_equal(row_at(8, 0)->built_ns, 0);
	assert_int_not_equal(row_at(8, 0)->offered_ns, 0);
	assert_int_equal(trace->stages[8].built_bytes, 0);
	assert_int_equal(trace->stages[8].build_cpu_ns, 0);
}

/* Its messages are done before it shows whether the next was built with it. */
static void without_an_answer_the_sum_alone_is_known(void **state)
{
	int messages[2];

	(void)state;
	for (int i = 0; i < 2; i++)
		large_message_taken(&messages[i], 9, 0, BYTES, guest_now_ns());
	build(5000000);
	for (int i = 0; i < 2; i++) {
		struct large_produce request = write_it(25 + i, 1, guest_now_ns());

		request.unanswerable = true;
		large_request_over(&request);
		large_message_done(&messages[i], COUNT_UNCONFIRMED);
		assert_int_equal(row_at(9, i)->built_ns, 0);
		assert_int_not_equal(row_at(9, i)->written_ns, 0);
	}
	assert_int_equal(trace->stages[9].built_bytes, 2 * BYTES);
	assert_between(trace->stages[9].build_cpu_ns, 5000000, 9000000);
}

/* Where frames cannot be read, the client says when it was written. */
static void frames_say_more_than_the_client(void **state)
{
	int64_t now_ns = guest_now_ns();
	const struct large_produce request = {3, 11, 1, now_ns - SECOND, now_ns, false};
	int messages[2];

	(void)state;
	large_message_taken(&messages[0], 4, 0, BYTES, now_ns - 5 * SECOND);
	large_message_taken(&messages[1], 4, 0, BYTES, now_ns - 5 * SECOND);
	large_request_over(&request);
	large_request_told(4000000);
	large_message_done(&messages[0], COUNT_DELIVERED);
	assert_int_equal(row_of(4)->state, 1);
	assert_int_equal(trace->stages[4].offered, 1);
	large_request_told(2000000);
	large_message_done(&messages[1], COUNT_DELIVERED);
	assert_int_equal(row_of(4)->offered_ns, 0);
	assert_between(guest_now_ns() - row_of(4)->written_ns, 2 * SECOND, 3 * SECOND);
	assert_int_equal(trace->stages[4].offered, 1);
	assert_int_equal(trace->stages[4].answered, 2);
}

static void what_is_refused_or_left_is_timed_no_more(void **state)
{
	int messages[2];

	(void)state;
	large_message_taken(&messages[0], 5, 0, BYTES, guest_now_ns());
	large_message_refused(&messages[0]);
	assert_false(large_is_timed());
	assert_int_equal(trace->stages[5].messages, 0);
	assert_int_equal(trace->stages[5].bytes, 0);
	assert_null(row_of(5));
	large_message_taken(&messages[0], 5, 0, BYTES, guest_now_ns());
	large_message_taken(&messages[1], 6, 0, BYTES, guest_now_ns());
	large_messages_left(5);
	large_message_done(&messages[0], COUNT_DELIVERED);
	assert_int_equal(row_of(5)->ended_ns, 0);
	assert_true(large_is_timed());
	large_message_done(&messages[1], COUNT_FAILED);
	assert_int_equal(row_of(6)->end, COUNT_FAILED);
	assert_int_equal(row_of(6)->written_ns, 0);
	assert_false(large_is_timed());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_its_messages),
		cmocka_unit_test(what_small_messages_have_a_part_in_is_not_summed),
		cmocka_unit_test(a_request_begun_before_the_first_look_is_not_known),
		cmocka_unit_test(of_requests_of_one_turn_the_sum_is_known),
		cmocka_unit_test(of_a_turn_with_small_messages_there_is_no_sum),
		cmocka_unit_test(without_an_answer_the_sum_alone_is_known),
		cmocka_unit_test(frames_say_more_than_the_client),
		cmocka_unit_test(what_is_refused_or_left_is_timed_no_more),
	};

	return cmocka_run_group_tests(tests, setup, scratch_remove);
}
