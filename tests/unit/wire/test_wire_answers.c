/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_wire_answers.c - answers are assigned to their requests, in any order
 * and after any time.
 *
 * compiles: shim/wire/[a-z]*.c
 */
#include "wire/wire_connection.h"

static void answers_may_come_in_any_order(void **state)
{
	(void)state;
	hello(1);
	put_batch(&set, 1, 10);
	struct produce produce = {.version = 7,
				  .client = "c",
				  .acks = 1,
				  .topics = 1,
				  .partitions = 1,
				  .set = &set};
	struct answer answer = {.version = 7, .topics = 1, .partitions = 1};
	for (produce.correlation = 2; produce.correlation < 6; produce.correlation++)
		put_produce(&sent, &produce);
	for (answer.correlation = 5; answer.correlation > 1; answer.correlation--)
		put_answer(&received, &answer);
	tell(&told, &sent, &received);
	assert_int_equal(told.row.produce_answered, 4);
	assert_int_equal(told.row.uncounted_answers, 0);
	assert_int_equal(told.wire.oldest, told.wire.newest);
}

static void a_full_window_loses_count_not_place(void **state)
{
	(void)state;
	put_batch(&set, 2, 10);
	struct produce produce = {.version = 7,
				  .client = "c",
				  .acks = 1,
				  .topics = 1,
				  .partitions = 1,
				  .set = &set};
	struct answer answer = {.version = 7, .topics = 1, .partitions = 1};
	begin(&told);
	int total = 0;
	for (int round = 0; round < 10; round++) {
		sent.count = received.count = 0;
		for (int i = 0; i < WIRE_WINDOW + 4; i++) {
			produce.correlation = answer.correlation = total++;
			put_produce(&sent, &produce);
			put_answer(&received, &answer);
		}
		send_all(&told, &sent);
		receive_all(&told, &received);
	}
	assert_false(is_lost(&told));
	assert_int_equal(told.row.produce_requests, total);
	assert_int_equal(told.row.responses, total);
	assert_int_equal(told.row.produce_answered, total - 40);
	assert_int_equal(told.row.produce_answered_records, 2 * (total - 40));
	assert_int_equal(told.row.uncounted_answers, 40);
}

static void a_request_never_answered_does_not_block_the_window(void **state)
{
	(void)state;
	put_batch(&set, 2, 10);
	struct produce produce = {.version = 7,
				  .client = "c",
				  .acks = 1,
				  .topics = 1,
				  .partitions = 1,
				  .set = &set};
	struct answer answer = {.version = 7, .topics = 1, .partitions = 1};
	begin(&told);
	put_request(&sent, 3, 1, -1, "c", 0); /* the one */
	for (int i = 0; i < 1000; i++) {
		produce.correlation = answer.correlation = i;
		put_produce(&sent, &produce);
		put_answer(&received, &answer);
		send_all(&told, &sent);
		receive_all(&told, &received);
		sent.count = received.count = 0;
	}
	assert_int_equal(told.row.produce_answered, 1000);
	assert_int_equal(told.row.uncounted_answers, 0);
	assert_int_equal(told.wire.oldest, told.wire.newest);
}

static void a_lap_of_the_window_is_no_different(void **state)
{
	(void)state;
	put_batch(&set, 2, 10);
	struct produce produce = {.version = 9,
				  .client = "c",
				  .acks = 1,
				  .topics = 1,
				  .partitions = 1,
				  .set = &set};
	struct answer answer = {.version = 9, .topics = 1, .partitions = 1};
	begin(&told);
	for (int i = 0; i < 1000; i++) {
		sent.count = received.count = 0;
		produce.correlation = answer.correlation = i;
		put_produce(&sent, &produce);
		put_answer(&received, &answer);
		send_all(&told, &sent);
		receive_all(&told, &received);
		assert_int_equal(told.row.produce_answered, i + 1);
	}
	assert_int_equal(told.row.uncounted_answers, 0);
}

static void put_unanswerable(int32_t correlation)
{
	put_produce(&sent, &(struct produce){.version = 7,
					     .correlation = correlation,
					     .client = "c",
					     .topics = 1,
					     .partitions = 1,
					     .set = &set});
}

static bool is_behind(void)
{
	send_all(&told, &sent);
	receive_all(&told, &received);
	sent.count = received.count = 0;
	return told.row.flags & SOCKET_BEHIND;
}

/* While an answer is to come to a request before it, the end of the connection is a reset. */
static void acks_0_is_behind_what_was_asked_before_until_that_is_answered(void **state)
{
	(void)state;
	put_batch(&set, 2, 10);
	begin(&told);
	for (int32_t lap = 0; lap < 1000; lap++) {
		put_unanswerable(0); /* nothing was asked */
		assert_false(is_behind());
		put_request(&sent, 3, 1, 1, "c", 0); /* asked after it */
		assert_false(is_behind());
		put_unanswerable(2);
		assert_true(is_behind());
		put_request(&sent, 3, 1, 3, "c", 0);
		assert_true(is_behind());
		put_response(&received, 1, 10); /* 3 is later than the last one that counts */
		assert_false(is_behind());
		put_unanswerable(4);
		assert_true(is_behind());
		put_response(&received, 3, 10);
		assert_false(is_behind());
	}
	assert_int_equal(told.row.produce_unanswerable, 3000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers_may_come_in_any_order),
		TEST(a_full_window_loses_count_not_place),
		TEST(a_request_never_answered_does_not_block_the_window),
		TEST(a_lap_of_the_window_is_no_different),
		TEST(acks_0_is_behind_what_was_asked_before_until_that_is_answered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
