/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_answers.c - which answers are answers to Produce, however the bytes are
 * split
 */
#include "prove/answers.h"

#include <string.h>

#include "testing.h"
#include "wire/wire_frames.h"

#define BEGINS 16

/* A connection, what went through it, and where an answer to Produce began. */
static struct answers answers;
static struct bytes passed;
static size_t begins[BEGINS], begin_count;

static int set_up(void **state)
{
	(void)state;
	answers = (struct answers){0};
	passed.count = begin_count = 0;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	answers_free(&answers);
	return 0;
}

static void sent(const struct bytes *bytes, size_t piece)
{
	for (size_t at = 0; at < bytes->count; at += piece)
		answers_sent(&answers, bytes->at + at,
			     bytes->count - at < piece ? bytes->count - at : piece);
}

static void received(const struct bytes *bytes, size_t step)
{
	for (size_t from = 0; from < bytes->count; from += step) {
		const uint8_t *at = bytes->at + from;
		size_t count = bytes->count - from < step ? bytes->count - from : step;
		struct answers_piece piece;

		while (answers_received(&answers, &at, &count, &piece)) {
			if (piece.begins_produce && begin_count < BEGINS)
				begins[begin_count++] = passed.count;
			put(&passed, piece.bytes, piece.count);
		}
	}
}

static void produce_of(struct bytes *bytes, int version, int32_t correlation, int acks)
{
	static struct bytes set;
	const struct produce produce = {.version = version,
					.correlation = correlation,
					.client = "a client of a certain name",
					.acks = acks,
					.transaction = version % 2 ? "transaction" : NULL,
					.topics = 1,
					.partitions = 1,
					.tags = 1,
					.set = &set};

	set.count = 0;
	put_batch(&set, 3, 50);
	put_produce(bytes, &produce);
}

static void answers_to_produce_are_found_in_every_version(void **state)
{
	static struct bytes requests, responses;

	(void)state;
	for (int version = 0; version <= 13; version++) {
		for (size_t piece = 1; piece < 40; piece += 6) {
			set_up(NULL);
			requests.count = responses.count = 0;
			put_request(&requests, 18, 3, 1, "a client of a certain name", 20);
			produce_of(&requests, version, 2, -1);
			put_request(&requests, 3, 9, 3, "a client of a certain name", 30);
			put_response(&responses, 1, 100);
			size_t produce_at = responses.count;
			put_response(&responses, 2, 60);
			put_response(&responses, 3, 7);
			sent(&requests, piece);
			received(&responses, piece);
			assert_false(answers.lost);
			assert_int_equal(answers.produced, 1);
			assert_int_equal(begin_count, 1);
			assert_int_equal(begins[0], produce_at);
			assert_int_equal(passed.count, responses.count);
			assert_memory_equal(passed.at, responses.at, responses.count);
			answers_free(&answers);
		}
	}
}

static void produce_without_acks_has_no_answer(void **state)
{
	static struct bytes requests, responses;

	(void)state;
	requests.count = responses.count = 0;
	produce_of(&requests, 7, 1, 0);
	produce_of(&requests, 7, 2, 0);
	put_request(&requests, 3, 1, 3, "c", 10);
	produce_of(&requests, 9, 4, 1);
	put_response(&responses, 3, 10);
	size_t produce_at = responses.count;
	put_response(&responses, 4, 10);
	sent(&requests, 1000);
	received(&responses, 1000);
	assert_false(answers.lost);
	assert_int_equal(answers.unanswered, 2);
	assert_int_equal(begin_count, 1);
	assert_int_equal(begins[0], produce_at);
}

/* As the mock cluster does. */
static void an_answer_to_it_is_passed_on_all_the_same(void **state)
{
	static struct bytes requests, responses;

	(void)state;
	requests.count = responses.count = 0;
	produce_of(&requests, 7, 1, 0);
	produce_of(&requests, 7, 2, 1);
	put_response(&responses, 1, 10);
	put_response(&responses, 2, 10);
	sent(&requests, 1000);
	received(&responses, 3);
	assert_false(answers.lost);
	assert_int_equal(begin_count, 1);
	assert_int_equal(passed.count, responses.count);
}

static void tokens_of_sasl_have_no_header(void **state)
{
	static struct bytes requests, responses;

	(void)state;
	requests.count = responses.count = 0;
	put_request(&requests, 17, 0, 1, "c", 10);
	put_number(&requests, 4, 10);
	put(&requests, "\0user\0word", 10);
	put_number(&requests, 4, 3);
	put(&requests, "n,,", 3);
	produce_of(&requests, 8, 2, -1);
	put_response(&responses, 1, 10);
	put_number(&responses, 4, 0);
	put_number(&responses, 4, 5);
	put(&responses, "r=abc", 5);
	size_t produce_at = responses.count;
	put_response(&responses, 2, 10);
	sent(&requests, 2);
	received(&responses, 1);
	assert_false(answers.lost);
	assert_int_equal(begin_count, 1);
	assert_int_equal(begins[0], produce_at);
	assert_memory_equal(passed.at, responses.at, responses.count);
}

static void what_is_no_kafka_passes_whole(void **state)
{
	static struct bytes requests, responses;

	(void)state;
	requests.count = responses.count = 0;
	put(&requests, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 and more", 20);
	put(&responses, "\x16\x03\x03\x00\x7a\x02\x00\x00", 8);
	put_filler(&responses, 3000);
	sent(&requests, 5);
	received(&responses, 5);
	assert_true(answers.lost);
	assert_int_equal(begin_count, 0);
	assert_int_equal(passed.count, responses.count);
	assert_memory_equal(passed.at, responses.at, responses.count);
}

static void an_answer_to_nothing_loses_the_connection_and_no_byte(void **state)
{
	static struct bytes requests, responses;

	(void)state;
	requests.count = responses.count = 0;
	produce_of(&requests, 8, 1, -1);
	put_response(&responses, 77, 10);
	put_response(&responses, 1, 10);
	sent(&requests, 1000);
	received(&responses, 7);
	assert_true(answers.lost);
	assert_int_equal(begin_count, 0);
	assert_int_equal(passed.count, responses.count);
	assert_memory_equal(passed.at, responses.at, responses.count);
}

static void many_requests_may_wait(void **state)
{
	static struct bytes requests, responses;

	(void)state;
	for (int32_t i = 0; i < 3000; i++) {
		requests.count = 0;
		put_request(&requests, i % 2 ? 0 : 3, i % 2 ? 99 : 1, i, "c", 0);
		if (i % 2) {
			requests.count = 0;
			produce_of(&requests, 8, i, 0);
		}
		sent(&requests, 500);
	}
	for (int32_t i = 0; i < 3000; i += 2) {
		responses.count = passed.count = 0;
		put_response(&responses, i, 4);
		received(&responses, 500);
	}
	assert_false(answers.lost);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(answers_to_produce_are_found_in_every_version),
		TEST(produce_without_acks_has_no_answer),
		TEST(an_answer_to_it_is_passed_on_all_the_same),
		TEST(tokens_of_sasl_have_no_header),
		TEST(what_is_no_kafka_passes_whole),
		TEST(an_answer_to_nothing_loses_the_connection_and_no_byte),
		TEST(many_requests_may_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
