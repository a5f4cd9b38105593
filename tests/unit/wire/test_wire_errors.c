/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_wire_errors.c - errors that a broker answered are found in every version
 * of an answer; of an answer of another shape only the errors are missed.
 *
 * compiles: shim/wire/[a-z]*.c
 */
#include "wire/wire_connection.h"

#define METADATA 3
#define FIND_COORDINATOR 10
#define SASL_HANDSHAKE 17
#define API_VERSIONS 18
#define INIT_PRODUCER_ID 22
#define END_TXN 26
#define SASL_AUTHENTICATE 36

static void again(void)
{
	sent.count = received.count = 0;
	hello(1);
}

static void put_list(struct bytes *bytes, bool flexible, int count)
{
	put_length(bytes, flexible, 4, count);
	for (int i = 0; i < count; i++)
		put_number(bytes, 4, i);
}

static void put_brokers(struct bytes *bytes, int version, int count)
{
	bool flexible = version >= 9;

	put_length(bytes, flexible, 4, count);
	for (int i = 0; i < count; i++) {
		put_number(bytes, 4, i);
		put_text(bytes, flexible, "broker.example");
		put_number(bytes, 4, 9092);
		if (version >= 1)
			put_text(bytes, flexible, i ? "rack" : NULL);
		put_tags(bytes, flexible, i);
	}
}

static void put_partition(struct bytes *bytes, int version, int number)
{
	put_number(bytes, 2, 9); /* a partition's error is no topic's */
	put_number(bytes, 4, number);
	put_number(bytes, 4, 1);
	if (version >= 7)
		put_number(bytes, 4, 5);
	put_list(bytes, version >= 9, 3);
	put_list(bytes, version >= 9, 2);
	if (version >= 5)
		put_list(bytes, version >= 9, 1);
	put_tags(bytes, version >= 9, number);
}

static void put_topic(struct bytes *bytes, int version, int error, int partitions)
{
	put_number(bytes, 2, error);
	put_text(bytes, version >= 9, "orders");
	if (version >= 10)
		put_filler(bytes, 16);
	if (version >= 1)
		put_number(bytes, 1, 0);
	put_length(bytes, version >= 9, 4, partitions);
	for (int i = 0; i < partitions; i++)
		put_partition(bytes, version, i);
	if (version >= 8)
		put_number(bytes, 4, 0);
	put_tags(bytes, version >= 9, 1);
}

static void put_metadata(struct bytes *bytes, int version, int32_t correlation)
{
	size_t begun = frame_begin(bytes);

	put_number(bytes, 4, correlation);
	put_tags(bytes, version >= 9, 0);
	if (version >= 3)
		put_number(bytes, 4, 0);
	put_brokers(bytes, version, 3);
	if (version >= 2)
		put_text(bytes, version >= 9, "cluster");
	if (version >= 1)
		put_number(bytes, 4, 1);
	put_length(bytes, version >= 9, 4, 4);
	put_topic(bytes, version, 0, 2);
	put_topic(bytes, version, 29, 0);
	put_topic(bytes, version, 0, 1);
	put_topic(bytes, version, 3, 0);
	if (version >= 8 && version <= 10)
		put_number(bytes, 4, 0);
	put_tags(bytes, version >= 9, 0);
	frame_end(bytes, begun);
}

static void the_errors_of_topics_are_found_in_every_version(void **state)
{
	(void)state;
	for (int version = 0; version <= 12; version++) {
		again();
		put_request(&sent, METADATA, version, 2, "c", 20);
		put_metadata(&received, version, 2);
		tell(&told, &sent, &received);
		assert_false(is_lost(&told));
		assert_int_equal(told.row.responses, 2);
		assert_int_equal(told.row.uncounted_answers, 0);
		if (told.errors != 2)
			fail_msg("version %d: %d errors", version, told.errors);
		assert_int_equal(told.error_api, METADATA);
		assert_int_equal(told.error_before, 29);
		assert_int_equal(told.error_code, 3);
		assert_int_equal(told.let_in, 1);
	}
}

static void expect_code(int api, int version, int flexible, int throttled, int code)
{
	again();
	put_request(&sent, api, version, 2, "c", 20);
	size_t begun = frame_begin(&received);

	put_number(&received, 4, 2);
	put_tags(&received, version >= flexible, 1);
	if (version >= throttled)
		put_number(&received, 4, 100);
	put_number(&received, 2, code);
	put_filler(&received, 30);
	frame_end(&received, begun);
	tell(&told, &sent, &received);
	assert_false(is_lost(&told));
	assert_int_equal(told.errors, code ? 1 : 0);
	if (code && (told.error_api != api || told.error_code != code))
		fail_msg("%d version %d: %d", api, version, told.error_code);
}

static void an_answer_that_begins_with_a_code_is_read(void **state)
{
	static const struct {
		int api, newest, flexible, throttled;
	} shapes[] = {
		{FIND_COORDINATOR, 3, 3, 1},   {SASL_HANDSHAKE, 1, 99, 99},
		{INIT_PRODUCER_ID, 5, 2, 0},   {END_TXN, 4, 3, 0},
		{SASL_AUTHENTICATE, 2, 2, 99},
	};

	(void)state;
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		/* After version 0 of the handshake tokens follow. */
		for (int version = shapes[i].api == SASL_HANDSHAKE; version <= shapes[i].newest;
		     version++) {
			expect_code(shapes[i].api, version, shapes[i].flexible,
				    shapes[i].throttled, 58);
			expect_code(shapes[i].api, version, shapes[i].flexible,
				    shapes[i].throttled, 0);
		}
}

static void each_partition_of_a_produce_counts(void **state)
{
	(void)state;
	again();
	put_batch(&set, 1, 10);
	const struct produce produce = {.version = 7,
					.correlation = 2,
					.client = "c",
					.acks = 1,
					.topics = 1,
					.partitions = 3,
					.set = &set};
	const struct answer answer = {
		.version = 7, .correlation = 2, .topics = 1, .partitions = 3, .error = 6};

	put_produce(&sent, &produce);
	put_answer(&received, &answer);
	tell(&told, &sent, &received);
	assert_int_equal(told.row.produce_refused, 1);
	assert_int_equal(told.error_api, 0);
	assert_int_equal(told.error_code, 6);
	assert_true(told.errors >= 1);
}

/* Who asks for versions, or to be let in, is not let in by that. */
static void versions_and_authentication_let_nobody_in(void **state)
{
	(void)state;
	expect_code(SASL_HANDSHAKE, 1, 99, 99, 0);
	assert_int_equal(told.let_in, 0);
	expect_code(SASL_AUTHENTICATE, 1, 2, 99, 0);
	assert_int_equal(told.let_in, 0);
	expect_code(API_VERSIONS, 0, 99, 99, 0);
	assert_int_equal(told.let_in, 0);
	expect_code(INIT_PRODUCER_ID, 1, 2, 0, 0);
	assert_int_equal(told.let_in, 1);
}

static void an_answer_of_another_shape_is_passed_over(void **state)
{
	static const int apis[] = {METADATA, INIT_PRODUCER_ID, SASL_AUTHENTICATE};

	(void)state;
	for (size_t i = 0; i < sizeof apis / sizeof *apis; i++)
		for (size_t body = 0; body < 40; body++) {
			again();
			put_request(&sent, apis[i], 1, 2, "c", 20);
			put_response(&received, 2, body);
			put_request(&sent, API_VERSIONS, 0, 3, "c", 0);
			put_response(&received, 3, 10);
			tell(&told, &sent, &received);
			assert_false(is_lost(&told));
			assert_int_equal(told.row.responses, 3);
			assert_int_equal(told.row.uncounted_answers, 0);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_errors_of_topics_are_found_in_every_version),
		TEST(an_answer_that_begins_with_a_code_is_read),
		TEST(each_partition_of_a_produce_counts),
		TEST(versions_and_authentication_let_nobody_in),
		TEST(an_answer_of_another_shape_is_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
