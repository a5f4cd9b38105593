/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_selection.c - which parts of a trace are dumped, by time and by topic.
 *
 * There are two producers: the first produces to orders, the second to audits.
 * Each has a connection; a third connection has no producer.
 */
#include "dump/dump.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testing.h"
#include "trace_maker.h"

#define MADE (INT64_C(1700000000) * MAKER_SECOND) /* of the maker: at 101 s of its clock */

static struct maker maker;
static char *printed;

static void event(enum trace_event_kind kind, uint32_t object, int64_t at_s)
{
	struct trace_event *made = &maker.rings[maker.threads[0].head % TRACE_RING_EVENTS];

	maker_event(&maker, kind, at_s * MAKER_SECOND, 1);
	made->object = object;
}

static int setup(void **state)
{
	(void)state;
	maker_make(&maker);
	for (uint32_t i = 0; i < 2; i++) {
		maker_producer(&maker);
		struct trace_topic *topic = maker_topic(&maker, i, i ? "audits" : "orders", -1);
		struct trace_cell *cell =
			maker_cell(&maker, (uint32_t)(topic - maker.topics), 0);

		maker_count(&cell->counts, COUNT_SENT, 10 + i);
		maker_socket(&maker, i);
	}
	maker_socket(&maker, UINT32_MAX);
	event(EVENT_PROCESS_START, 0, 101);
	event(EVENT_PRODUCER_NEW, 0, 102);
	event(EVENT_PRODUCER_NEW, 1, 103);
	event(EVENT_CONNECT, 0, 104);
	event(EVENT_CONNECT, 1, 105);
	event(EVENT_CONNECT, 2, 106);
	event(EVENT_PROCESS_END, 0, 107);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(printed);
	printed = NULL;
	maker_free(&maker);
	return 0;
}

static void dump_of(const struct selection_given *given)
{
	struct reader reader;
	size_t bytes;

	free(printed);
	FILE *out = open_memstream(&printed, &bytes);

	assert_true(reader_take(&reader, maker_copy(&maker), maker.size));
	assert_int_equal(dump_selected(&reader, given, LINE_TEXT, out), 0);
	fclose(out);
	reader_close(&reader);
}

/* How many lines begin so. */
static int lines(const char *begin)
{
	int count = 0;

	for (const char *at = printed; *at; at = strchr(at, '\n') + 1)
		count += !strncmp(at, begin, strlen(begin));
	return count;
}

static const struct selection_given all = {INT64_MIN, INT64_MAX, NULL};

static void without_a_choice_it_is_all(void **state)
{
	struct reader reader;
	char *whole = NULL;
	size_t bytes;
	FILE *out = open_memstream(&whole, &bytes);

	(void)state;
	assert_true(reader_take(&reader, maker_copy(&maker), maker.size));
	assert_int_equal(dump_trace(&reader, LINE_TEXT, out), 0);
	fclose(out);
	reader_close(&reader);
	dump_of(&all);
	assert_string_equal(printed, whole);
	assert_int_equal(lines("connect "), 3);
	free(whole);
}

static void of_a_topic_is_what_belongs_to_it(void **state)
{
	struct selection_given given = all;

	(void)state;
	given.topic = "ord*";
	dump_of(&given);
	assert_int_equal(lines("topic "), 1);
	assert_int_equal(lines("cell "), 1);
	assert_int_equal(lines("producer "), 1);
	assert_int_equal(lines("producer_new "), 1);
	/* The one without a producer stays. */
	assert_int_equal(lines("socket "), 2);
	assert_int_equal(lines("connect "), 2);
	assert_int_equal(lines("process_"), 2);
	assert_non_null(strstr(printed, "orders"));
	assert_null(strstr(printed, "audits"));
	given.topic = "none";
	dump_of(&given);
	assert_int_equal(lines("topic "), 0);
	assert_int_equal(lines("producer"), 0);
	assert_int_equal(lines("connect "), 1);
	assert_int_equal(lines("process "), 1);
}

/* What found no row of its own may be of any topic. */
static void what_has_no_name_stays_if_it_is_something(void **state)
{
	struct selection_given given = all;

	(void)state;
	given.topic = "none";
	maker.topics[0].topic = 0;
	dump_of(&given);
	assert_int_equal(lines("topic "), 0);
	maker_count(&maker.topics[0].counts, COUNT_DELIVERED, 1);
	dump_of(&given);
	assert_int_equal(lines("topic "), 1);
	assert_int_equal(lines("producer "), 1);
}

static void of_a_time_are_events_and_moments(void **state)
{
	static const struct {
		int64_t since_s, until_s; /* after it was made */
		int events, moments;
	} rows[] = {
		{0, 6, 7, 2}, {1, 6, 6, 2}, {2, 4, 3, 1}, {7, 9, 0, 0}, {-9, -1, 0, 0},
	};

	(void)state;
	maker.header->sections[SECTION_MOMENT - 1].used = 2;
	for (int i = 0; i < 2; i++) {
		maker.moments[i].state = 1;
		maker.moments[i].at_ns = (103 + 3 * i) * MAKER_SECOND;
	}
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct selection_given given = {
			MADE + rows[i].since_s * MAKER_SECOND,
			MADE + rows[i].until_s * MAKER_SECOND,
			NULL,
		};

		dump_of(&given);
		int events = lines("process_start ") + lines("process_end ") +
			     lines("producer_new ") + lines("connect ");

		if (events != rows[i].events || lines("moment ") != rows[i].moments ||
		    lines("socket ") != 3)
			fail_msg("row %zu: %d events, %d moments", i, events, lines("moment "));
	}
}

static void a_trace_without_a_clock_is_whole(void **state)
{
	const struct selection_given given = {MADE + 50 * MAKER_SECOND,
					      MADE + 60 * MAKER_SECOND, NULL};

	(void)state;
	maker.process->realtime_ns = 0;
	dump_of(&given);
	assert_int_equal(lines("connect "), 3);
	maker.process->realtime_ns = INT64_MIN;
	dump_of(&given);
	assert_int_equal(lines("connect "), 3);
}

/* Numbers of rows that do not exist. */
static void wild_numbers_are_survived(void **state)
{
	struct selection_given given = all;

	(void)state;
	given.topic = "orders";
	maker.topics[1].producer = UINT32_MAX;
	maker.cells[0].topic = UINT32_MAX;
	maker.sockets[0].producer = UINT32_MAX;
	event(EVENT_PRODUCER_NEW, UINT32_MAX, 108);
	event(EVENT_CONNECT, UINT32_MAX, 109);
	event((enum trace_event_kind)UINT16_MAX, 0, 110);
	dump_of(&given);
	assert_int_equal(lines("cell "), 1);
	assert_int_equal(lines("unknown "), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_a_choice_it_is_all),
		TEST(of_a_topic_is_what_belongs_to_it),
		TEST(what_has_no_name_stays_if_it_is_something),
		TEST(of_a_time_are_events_and_moments),
		TEST(a_trace_without_a_clock_is_whole),
		TEST(wild_numbers_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
