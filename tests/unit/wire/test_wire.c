/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_wire.c - requests and answers of every version, complete and cut.
 *
 * compiles: shim/wire/[a-z]*.c
 */
#include "wire/wire_connection.h"

/* --- Produce of every version ------------------------------------------ */

static void tell_version(int version, int tags)
{
	fresh(NULL);
	hello(1);
	put_batch(&set, 5, 70);
	put_batch(&set, 7, 0);
	size_t before = sent.count;
	put_produce(&sent, &(struct produce){.version = version,
					     .correlation = 2,
					     .client = "c",
					     .acks = -1,
					     .transaction = tags ? "t" : NULL,
					     .topics = 2,
					     .partitions = 2,
					     .tags = tags,
					     .set = &set});
	size_t bytes = sent.count - before;
	put_answer(&received, &(struct answer){.version = version,
					       .correlation = 2,
					       .topics = 2,
					       .partitions = 2,
					       .tags = tags,
					       .details = tags});
	tell(&told, &sent, &received);
	assert_int_equal(told.row.flags, SOCKET_KAFKA);
	assert_int_equal(told.row.requests, 2);
	assert_int_equal(told.row.responses, 2);
	assert_int_equal(told.row.produce_requests, 1);
	assert_int_equal(told.row.produce_records, 48);
	assert_int_equal(told.row.produce_bytes, bytes);
	assert_int_equal(told.row.produce_acks, -1);
	assert_int_equal(told.row.produce_answered, 1);
	assert_int_equal(told.row.produce_answered_records, 48);
	assert_int_equal(told.row.produce_refused, 0);
	assert_int_equal(told.row.produce_uncounted, 0);
	assert_int_equal(told.row.uncounted_answers, 0);
	assert_int_equal(told.row.produce_last_ns, SENT_AT);
	assert_int_equal(told.row.latency_max_us, (RECEIVED_AT - SENT_AT) / 1000);
	assert_int_equal(told.row.latency[trace_bucket((RECEIVED_AT - SENT_AT) / 1000)], 1);
	assert_int_equal(told.took_ns, RECEIVED_AT - SENT_AT);
	assert_int_equal(told.written, 1);
	assert_int_equal(told.begun, 1);
	assert_int_equal(told.answered, 1);
	assert_int_equal(told.recognised, 1);
	assert_string_equal(told.client_id, "hello");
	assert_between_frames(&told);
}

static void every_version_of_produce_is_counted(void **state)
{
	(void)state;
	for (int version = 0; version <= 13; version++)
		tell_version(version, 0);
}

static void tagged_fields_are_passed_over(void **state)
{
	(void)state;
	for (int version = 9; version <= 13; version++)
		tell_version(version, 2);
}

static void a_refusal_names_its_first_error(void **state)
{
	(void)state;
	for (int version = 0; version <= 13; version++) {
		fresh(NULL);
		put_batch(&set, 3, 10);
		put_produce(&sent, &(struct produce){.version = version,
						     .correlation = 9,
						     .client = "c",
						     .acks = 1,
						     .topics = 2,
						     .partitions = 3,
						     .set = &set});
		put_answer(&received, &(struct answer){.version = version,
						       .correlation = 9,
						       .topics = 2,
						       .partitions = 3,
						       .error = 6,
						       .details = 2,
						       .message = "not the leader"});
		tell(&told, &sent, &received);
		assert_int_equal(told.row.produce_answered, 1);
		assert_int_equal(told.row.produce_answered_records, 18);
		assert_int_equal(told.row.produce_refused, 1);
		assert_int_equal(told.row.produce_error, 6);
		assert_int_equal(told.error, 6);
	}
}

static void a_version_to_come_is_uncounted(void **state)
{
	(void)state;
	hello(1);
	put_request(&sent, 0, 14, 2, "c", 300);
	put_response(&received, 2, 50);
	tell(&told, &sent, &received);
	assert_false(is_lost(&told));
	assert_int_equal(told.row.produce_requests, 1);
	assert_int_equal(told.row.produce_uncounted, 1);
	assert_int_equal(told.row.produce_answered, 1);
	assert_int_equal(told.row.produce_acks, TRACE_UNKNOWN);
	assert_int_equal(told.records, TRACE_UNKNOWN);
}

static void acks_0_expects_no_answer(void **state)
{
	(void)state;
	hello(1);
	put_batch(&set, 4, 30);
	struct produce produce = {
		.version = 7, .client = "c", .topics = 1, .partitions = 1, .set = &set};
	for (produce.correlation = 2; produce.correlation < 202; produce.correlation++)
		put_produce(&sent, &produce);
	put_request(&sent, 3, 1, 500, "c", 0);
	put_response(&received, 500, 10);
	begin(&told);
	send_all(&told, &sent);
	receive_all(&told, &received);
	assert_int_equal(told.row.produce_requests, 200);
	assert_int_equal(told.row.produce_unanswerable, 200);
	assert_int_equal(told.row.produce_unanswerable_records, 800);
	assert_int_equal(told.row.produce_acks, 0);
	assert_int_equal(told.row.responses, 2);
	assert_int_equal(told.row.uncounted_answers, 0);
}

static void an_answer_to_acks_0_does_no_harm(void **state)
{
	(void)state;
	hello(1);
	put_batch(&set, 4, 30);
	put_produce(&sent, &(struct produce){.version = 7,
					     .correlation = 2,
					     .client = "c",
					     .topics = 1,
					     .partitions = 1,
					     .set = &set});
	put_response(&received, 2, 30);
	tell(&told, &sent, &received);
	assert_false(is_lost(&told));
	assert_int_equal(told.row.responses, 2);
	assert_int_equal(told.row.produce_answered, 0);
	assert_int_equal(told.row.uncounted_answers, 1);
}

/* --- record sets ------------------------------------------------------- */

static void tell_set(int version, bool null_sets)
{
	hello(1);
	put_produce(&sent, &(struct produce){.version = version,
					     .correlation = 2,
					     .client = "c",
					     .acks = 1,
					     .topics = 1,
					     .partitions = 2,
					     .null_sets = null_sets,
					     .set = &set});
	tell(&told, &sent, &received);
	assert_false(is_lost(&told));
	assert_int_equal(told.row.produce_requests, 1);
	assert_int_equal(told.written, 1);
}

static void old_messages_count_one_by_one(void **state)
{
	(void)state;
	for (int magic = 0; magic <= 1; magic++) {
		fresh(NULL);
		put_message(&set, magic, 0, 20);
		put_message(&set, magic, 0, 0);
		put_message(&set, magic, 8, 1); /* a timestamp type, no codec */
		tell_set(2, false);
		assert_int_equal(told.row.produce_records, 6);
		assert_int_equal(told.row.produce_uncounted, 0);
	}
}

static void a_compressed_old_message_hides_its_count(void **state)
{
	(void)state;
	put_message(&set, 1, 2, 200);
	tell_set(2, false);
	assert_int_equal(told.row.produce_records, 0);
	assert_int_equal(told.row.produce_uncounted, 1);
	assert_int_equal(told.records, TRACE_UNKNOWN);
}

static void null_and_empty_sets_hold_nothing(void **state)
{
	(void)state;
	for (int version = 3; version <= 13; version += 5) {
		fresh(NULL);
		tell_set(version, true);
		assert_int_equal(told.row.produce_records, 0);
		assert_int_equal(told.records, 0);
		fresh(NULL);
		tell_set(version, false);
		assert_int_equal(told.records, 0);
	}
}

/* --- cut frames -------------------------------------------------------- */

static void a_cut_frame_says_how_far_it_came(void **state)
{
	(void)state;
	put_batch(&set, 5, 100);
	struct produce produce = {.version = 7,
				  .correlation = 2,
				  .client = "c",
				  .acks = 1,
				  .topics = 1,
				  .partitions = 2,
				  .set = &set};
	hello(1);
	size_t first = sent.count;
	put_produce(&sent, &produce);
	uint32_t whole = (uint32_t)(sent.count - first);
	int32_t records_before = 0;
	for (uint32_t at = 1; at < whole; at++) {
		begin(&told);
		give(&told, true, sent.at, first + at);
		assert_int_equal(told.row.frame_at, at);
		assert_int_equal(told.row.frame_bytes, at < 4 ? 0 : whole);
		assert_int_equal(told.row.frame_api, at < 12 ? TRACE_UNKNOWN : 0);
		assert_true(told.row.frame_records >= records_before);
		assert_true(told.row.frame_records % 5 == 0);
		records_before = told.row.frame_records;
		assert_int_equal(told.row.produce_requests, 0);
		assert_int_equal(told.row.requests, 1);
	}
	assert_int_equal(records_before, 10);
}

static void unseen_bytes_pass_as_payload_only(void **state)
{
	(void)state;
	hello(1);
	put_batch(&set, 5, 1000);
	size_t first = sent.count;
	put_produce(&sent, &(struct produce){.version = 7,
					     .correlation = 2,
					     .client = "c",
					     .acks = 1,
					     .topics = 1,
					     .partitions = 1,
					     .set = &set});
	begin(&told);
	give(&told, true, sent.at, sent.count - 900);
	wire_sent_unseen(&told.wire, &told.row, 899, SENT_AT);
	assert_int_equal(told.row.frame_at, sent.count - first - 1);
	wire_sent_unseen(&told.wire, &told.row, 1, SENT_AT);
	assert_int_equal(told.row.produce_records, 5);
	assert_between_frames(&told);
	assert_false(is_lost(&told));

	begin(&told);
	give(&told, true, sent.at, sent.count - 900);
	wire_sent_unseen(&told.wire, &told.row, 901, SENT_AT);
	assert_true(is_lost(&told));

	begin(&told);
	wire_sent_unseen(&told.wire, &told.row, 901, SENT_AT);
	assert_int_equal(told.row.flags, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_version_of_produce_is_counted),
		TEST(tagged_fields_are_passed_over),
		TEST(a_refusal_names_its_first_error),
		TEST(a_version_to_come_is_uncounted),
		TEST(acks_0_expects_no_answer),
		TEST(an_answer_to_acks_0_does_no_harm),
		TEST(old_messages_count_one_by_one),
		TEST(a_compressed_old_message_hides_its_count),
		TEST(null_and_empty_sets_hold_nothing),
		TEST(a_cut_frame_says_how_far_it_came),
		TEST(unseen_bytes_pass_as_payload_only),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
