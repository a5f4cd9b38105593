/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_copies.c - traces of one process are known as such, and the furthest of them counts.
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

/* The trace of each number that stands for its process. */
static struct maker_bytes {
	uint8_t *bytes;
	size_t size;
} kept[8];

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
	for (size_t i = 0; i < 8; i++) {
		free(kept[i].bytes);
		kept[i].bytes = NULL;
	}
	maker_free(&maker);
	return 0;
}

enum copy { COPY_NONE, COPY_BEHIND, COPY_AHEAD };

static void open_copy(struct reader *reader)
{
	assert_true(reader_take(reader, maker_copy(&maker), maker.size));
}

static bool is_further_than(const struct reader *reader, const struct maker_bytes *than)
{
	uint8_t *bytes = malloc(than->size);
	struct reader before;

	assert_non_null(bytes);
	memcpy(bytes, than->bytes, than->size);
	assert_true(reader_take(&before, bytes, than->size));
	bool further = copies_is_further(reader, &before);

	reader_close(&before);
	return further;
}

/* What the trace is, as it is now, to those that were noted. */
static enum copy noted(void)
{
	struct reader reader;
	enum copy copy = COPY_NONE;

	open_copy(&reader);
	if (number < 8)
		kept[number] = (struct maker_bytes){maker_copy(&maker), maker.size};
	if (copies_note(copies, &reader, number, &other)) {
		copy = other < 8 && is_further_than(&reader, &kept[other]) ? COPY_AHEAD
									   : COPY_BEHIND;
		if (copy == COPY_AHEAD)
			copies_replace(copies, &reader, number);
	}
	number++;
	reader_close(&reader);
	return copy;
}

static void an_equal_trace_is_a_copy(void **state)
{
	(void)state;
	assert_int_equal(noted(), COPY_NONE);
	assert_int_equal(noted(), COPY_BEHIND);
	assert_int_equal(other, 0);
}

static void any_part_of_the_identity_tells_two_apart(void **state)
{
	(void)state;
	noted();
	maker.process->pid++;
	assert_int_equal(noted(), COPY_NONE);
	maker.process->start_ticks++;
	assert_int_equal(noted(), COPY_NONE);
	maker.process->pid_namespace++;
	assert_int_equal(noted(), COPY_NONE);
	maker.process->monotonic_ns++; /* it has become another program, by exec */
	assert_int_equal(noted(), COPY_NONE);
	maker.process->boot_id[0] ^= 1;
	assert_int_equal(noted(), COPY_NONE);
}

/* Copied while it ran; then what had been written since; then its end; then run's word. */
static void the_one_that_came_further_counts(void **state)
{
	struct trace_producer *producer = maker_story(&maker, 100, 50);

	(void)state;
	maker.process->how = HOW_UNKNOWN;
	noted();
	producer->requests_sent++;
	assert_int_equal(noted(), COPY_AHEAD);
	assert_int_equal(other, 0);
	maker.process->how = HOW_EXIT;
	assert_int_equal(noted(), COPY_AHEAD);
	maker.process->observed = 1;
	assert_int_equal(noted(), COPY_AHEAD);
	maker.process->observed = 0;
	producer->requests_sent += 1000;
	assert_int_equal(noted(), COPY_BEHIND);
	assert_int_equal(other, 3);
}

static void one_that_does_not_say_whose_it_is_is_no_copy(void **state)
{
	(void)state;
	maker.process->pid = 0;
	assert_int_equal(noted(), COPY_NONE);
	assert_int_equal(noted(), COPY_NONE);
}

static void ten_thousand_are_told_apart(void **state)
{
	(void)state;
	for (int i = 0; i < 10000; i++) {
		maker.process->pid++;
		assert_int_equal(noted(), COPY_NONE);
	}
	maker.process->pid -= 5000;
	assert_int_equal(noted(), COPY_BEHIND);
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
