/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_row.c - the numbers of a producer from two readings of a trace.
 */
#include "top/row.h"

#include <string.h>

#include "testing.h"
#include "trace_maker.h"

#define MS INT64_C(1000000)

static struct maker maker;

/* What stands in the trace, as if it was read then. */
static struct reading *read_at(int64_t seconds)
{
	struct reader reader;
	struct reading *reading;

	assert_true(reader_take(&reader, maker_copy(&maker), maker.size));
	reading = reading_of(&reader, "4242-1.trace", seconds * MAKER_SECOND,
			     seconds * MAKER_SECOND + MS);
	reader_close(&reader);
	return reading;
}

static void produce(uint64_t more)
{
	maker_count(&maker.cells[0].counts, COUNT_SENT, more);
}

static void deliver(uint64_t more)
{
	maker_count(&maker.topics[1].counts, COUNT_DELIVERED, more);
}

static int begin(void **state)
{
	(void)state;
	maker_make(&maker);
	return 0;
}

static int end(void **state)
{
	(void)state;
	maker_free(&maker);
	return 0;
}

static void rates_are_differences(void **state)
{
	struct past past;
	struct row row;

	(void)state;
	maker_story(&maker, 100, 50);
	struct reading *first = read_at(110);

	row_note(&past, first, 0, true);
	row_make(&row, first, NULL, 0, &past);
	assert_true(row.produced_per_s < 0);
	assert_true(row.delivered_per_s < 0);
	assert_int_equal(row.outstanding, 50);
	assert_int_equal(row.outstanding_bytes, 500);
	produce(60);
	deliver(10);
	struct reading *second = read_at(112);

	row_note(&past, second, 0, false);
	row_make(&row, second, first, 0, &past);
	assert_true(row.produced_per_s == 30);
	assert_true(row.delivered_per_s == 5);
	assert_int_equal(row.outstanding, 100);
	/* A trace that is damaged, or another: nothing is known, and nothing is below 0. */
	row_make(&row, first, second, 0, &past);
	assert_true(row.produced_per_s < 0);
	assert_true(row.delivered_per_s < 0);
	reading_free(first);
	reading_free(second);
}

static void the_oldest_is_as_old_as_what_cannot_have_ended(void **state)
{
	struct past past;

	(void)state;
	past_begin(&past);
	assert_true(past_oldest_ns(&past) == UNKNOWN);
	past_note(&past, 10, 40, 0, 0);
	past_note(&past, 20, 60, 0, 0);
	past_note(&past, 30, 100, 0, 0);
	assert_int_equal(past_oldest_ns(&past), 10);
	past_note(&past, 40, 100, 39, 39);
	assert_int_equal(past_oldest_ns(&past), 10);
	past_note(&past, 50, 100, 40, 40);
	assert_int_equal(past_oldest_ns(&past), 20);
	/* What is not known says nothing, and forgets nothing. */
	past_note(&past, 60, 100, UNKNOWN, UNKNOWN);
	assert_int_equal(past_oldest_ns(&past), 20);
	past_note(&past, 70, 100, 99, 99);
	assert_int_equal(past_oldest_ns(&past), 30);
	past_note(&past, 80, 100, 100, 100);
	assert_true(past_oldest_ns(&past) == UNKNOWN);
}

static void the_first_mark_outlives_all_others(void **state)
{
	struct past past;

	(void)state;
	past_begin(&past);
	for (int64_t i = 1; i <= 10 * PAST_MARKS; i++) {
		past_note(&past, i, i * 10, 5, 5);
		assert_int_equal(past_oldest_ns(&past), 1);
	}
	assert_true(past.mark_count <= PAST_MARKS);
	/* Fewer marks: the answer is less, never more than what is true. */
	past_note(&past, 100000, 100000, 5000, 5000);
	assert_between(past_oldest_ns(&past), 501, 501 + 32);
}

static void a_delivery_begins_the_silence_anew(void **state)
{
	struct past past;

	(void)state;
	past_begin(&past);
	assert_true(past_delivered_ns(&past) == UNKNOWN);
	past_note(&past, 10, 40, 5, 5);
	past_note(&past, 20, 60, 5, 5);
	assert_int_equal(past_delivered_ns(&past), 10);
	past_note(&past, 30, 60, 6, 6);
	assert_int_equal(past_delivered_ns(&past), 30);
}

static void ages_come_from_readings_and_the_last_produce(void **state)
{
	struct past past;
	struct row row;

	(void)state;
	maker_story(&maker, 100, 0)->produced_last_ns = 109 * MAKER_SECOND;
	struct reading *first = read_at(110);

	row_note(&past, first, 0, true);
	row_make(&row, first, NULL, 0, &past);
	assert_int_equal(row.oldest_ns, MAKER_SECOND);
	/* None was ever: since it was made. */
	assert_int_equal(row.undelivered_ns, 9 * MAKER_SECOND);
	maker.producers[0].produced_last_ns = 120 * MAKER_SECOND;
	produce(1);
	deliver(99);
	struct reading *second = read_at(120);

	row_note(&past, second, 0, false);
	row_make(&row, second, first, 0, &past);
	assert_int_equal(row.oldest_ns, 10 * MAKER_SECOND - MS);
	assert_int_equal(row.undelivered_ns, 0);
	deliver(2);
	struct reading *third = read_at(130);

	row_note(&past, third, 0, false);
	row_make(&row, third, second, 0, &past);
	assert_int_equal(row.outstanding, 0);
	assert_true(row.oldest_ns == UNKNOWN);
	reading_free(first);
	reading_free(second);
	reading_free(third);
}

static void moment(uint64_t seconds, uint64_t produced, uint64_t settled)
{
	uint32_t row = maker.header->sections[SECTION_MOMENT - 1].used++;

	maker.moments[row] = (struct trace_moment){
		.state = 1,
		.at_ns = (int64_t)seconds * MAKER_SECOND,
		.produced = produced,
		.settled = settled,
		.delivered = settled,
	};
}

static void the_series_tells_what_was_before_us(void **state)
{
	struct past past;
	struct row row;

	(void)state;
	maker_story(&maker, 100, 50)->produced_last_ns = 109 * MAKER_SECOND;
	maker.process->series_width_ns = MAKER_SECOND;
	maker.process->end_ns = 110 * MAKER_SECOND;
	moment(102, 40, 0);
	moment(103, 60, 50);
	struct reading *reading = read_at(110);

	row_note(&past, reading, 0, true);
	row_make(&row, reading, NULL, 0, &past);
	assert_int_equal(row.oldest_ns, 7 * MAKER_SECOND);
	assert_int_equal(row.undelivered_ns, 7 * MAKER_SECOND);
	reading_free(reading);
	/* Of two producers it cannot be told whose messages those were. */
	maker_producer(&maker);
	reading = read_at(110);
	row_note(&past, reading, 0, true);
	row_make(&row, reading, NULL, 0, &past);
	assert_int_equal(row.oldest_ns, MAKER_SECOND);
	reading_free(reading);
}

static void the_fill_is_of_new_samples_alone(void **state)
{
	struct past past;
	struct row row;

	(void)state;
	maker_story(&maker, 100, 50);
	struct trace_socket *socket = maker_socket(&maker, 0);

	socket->fill[19] = 7;
	struct reading *first = read_at(110);

	row_note(&past, first, 0, true);
	row_make(&row, first, NULL, 0, &past);
	assert_true(row.fill == UNKNOWN);
	struct reading *second = read_at(111);

	row_make(&row, second, first, 0, &past);
	assert_true(row.fill == UNKNOWN);
	socket->fill[3] = 1;
	struct reading *third = read_at(112);

	row_make(&row, third, second, 0, &past);
	assert_int_equal(row.fill, 150);
	/* Another connection has the row: all of its samples are new. */
	socket->generation++;
	struct reading *fourth = read_at(113);

	row_make(&row, fourth, third, 0, &past);
	assert_int_equal(row.fill, 950);
	reading_free(first);
	reading_free(second);
	reading_free(third);
	reading_free(fourth);
}

static void a_stall_has_the_cause_that_was_seen_and_keeps_it(void **state)
{
	struct past past;
	struct row row;

	(void)state;
	maker_story(&maker, 100, 50);
	struct trace_socket *socket = maker_socket(&maker, 0);

	maker.process->end_ns = 120 * MAKER_SECOND;
	socket->stalls = 3;
	socket->stalled_ns = 5 * MAKER_SECOND;
	socket->stalled_network_ns = 4 * MAKER_SECOND;
	struct reading *before = read_at(110);

	row_note(&past, before, 0, true);
	row_make(&row, before, NULL, 0, &past);
	assert_null(row.stall.socket);
	socket->flags |= SOCKET_STALLED;
	socket->stall_began_ns = 111 * MAKER_SECOND;
	struct reading *unknown = read_at(112);

	reading_compare(unknown, before);
	row_make(&row, unknown, before, 0, &past);
	assert_non_null(row.stall.socket);
	assert_int_equal(row.stall.lasted_ns, MAKER_SECOND);
	assert_int_equal(row.stall.cause, CAUSE_UNKNOWN);
	assert_int_equal(row.stall.earlier, CAUSE_NETWORK);
	socket->stalled_ns += 100 * MS;
	socket->stalled_receiver_ns += 100 * MS;
	struct reading *known = read_at(113);

	reading_compare(known, unknown);
	row_make(&row, known, unknown, 0, &past);
	assert_int_equal(row.stall.cause, CAUSE_RECEIVER);
	assert_string_equal(row_cause_words(row.stall.cause), "the receiver");
	struct reading *kept = read_at(114);

	reading_compare(kept, known);
	row_make(&row, kept, known, 0, &past);
	assert_int_equal(row.stall.cause, CAUSE_RECEIVER);
	assert_int_equal(row.stall.lasted_ns, 3 * MAKER_SECOND);
	reading_free(before);
	reading_free(unknown);
	reading_free(known);
	reading_free(kept);
}

static void a_stall_of_nobody_has_a_row_of_its_own(void **state)
{
	(void)state;
	maker_story(&maker, 100, 50);
	struct trace_socket *socket = maker_socket(&maker, UINT32_MAX);
	struct reading *reading = read_at(110);

	assert_true(row_is_shown(reading, 0));
	assert_false(row_is_shown(reading, ROW_NO_PRODUCER));
	reading_free(reading);
	maker_producer(&maker)->state = PRODUCER_DESTROYED;
	maker_producer(&maker);
	socket->flags |= SOCKET_STALLED;
	socket->stall_began_ns = 101 * MAKER_SECOND + 1;
	reading = read_at(110);
	assert_int_equal(reading->process->sockets[0].producer, UNKNOWN);
	assert_true(row_is_shown(reading, ROW_NO_PRODUCER));
	/* Closed, and nothing is left of it. */
	assert_false(row_is_shown(reading, 1));
	reading_free(reading);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(rates_are_differences),
		TEST(the_oldest_is_as_old_as_what_cannot_have_ended),
		TEST(the_first_mark_outlives_all_others),
		TEST(a_delivery_begins_the_silence_anew),
		TEST(ages_come_from_readings_and_the_last_produce),
		TEST(the_series_tells_what_was_before_us),
		TEST(the_fill_is_of_new_samples_alone),
		TEST(a_stall_has_the_cause_that_was_seen_and_keeps_it),
		TEST(a_stall_of_nobody_has_a_row_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
