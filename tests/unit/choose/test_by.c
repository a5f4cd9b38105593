/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_by.c - all messages in the rows of a table: no row has more than its own
 * messages, and none is left out.
 *
 * The models are made by the test: a row's numbers depend only on them.
 */
#include "choose/by.h"

#include <stdlib.h>
#include <string.h>

#include "model/number.h"
#include "model/rows.h"
#include "testing.h"

#define SECOND INT64_C(1000000000)
#define NOON (INT64_C(1700000000) / 86400 * 86400 * SECOND + 12 * 3600 * SECOND)
#define PRODUCERS 3
#define SHARES 3

static struct run run;
static struct process processes[2];
static struct producer producers[2][PRODUCERS];
static struct topic topics[2][PRODUCERS][SHARES];
static struct call_site sites[2][PRODUCERS][SHARES];
static struct frame frames[SHARES];
static struct socket sockets[2][SHARES];

static int setup(void **state)
{
	static const char *const files[SHARES] = {"a.py", "b.py", "c.py"};

	(void)state;
	run = (struct run){.processes = processes};
	memset(producers, 0, sizeof producers);
	memset(sockets, 0, sizeof sockets);
	for (size_t i = 0; i < SHARES; i++)
		frames[i] = (struct frame){
			.function = "send", .file = files[i], .line = 7, .origin = ORIGIN_USER};
	for (size_t i = 0; i < 2; i++)
		processes[i] = (struct process){
			.program = i ? "audits" : "orders",
			.producers = producers[i],
			.sockets = sockets[i],
			.start_realtime_ns = NOON,
			.duration_ns = (int64_t)(i + 1) * 60 * SECOND,
		};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	run.processes = NULL; /* not its own */
	model_free(&run);
	return 0;
}

/* One more producer, of the process of that number. */
static struct producer *a_producer(size_t process)
{
	struct process *of = &processes[process];
	struct producer *producer = &producers[process][of->producer_count];

	producer->topics = topics[process][of->producer_count];
	producer->sites = sites[process][of->producer_count++];
	if (run.process_count <= process)
		run.process_count = process + 1;
	return producer;
}

/* So many to the topic and by the line of that name; of them outstanding, and failed. */
static void produced(struct producer *producer, const char *name, int64_t count,
		     int64_t outstanding, int64_t failed)
{
	const struct topic topic = {
		.name = name,
		.partition = UNKNOWN,
		.tally.messages =
			{[PRODUCED] = count, [OUTSTANDING] = outstanding, [FAILED] = failed},
	};
	const struct call_site site = {
		.frames = &frames[name[0] - 'a'],
		.depth = 1,
		.produced = count,
		.outstanding = outstanding,
		.failed = failed,
	};

	producer->topics[producer->topic_count++] = topic;
	producer->sites[producer->site_count++] = site;
	for (size_t i = 0; i < AMOUNT_COUNT; i++)
		producer->tally.messages[i] =
			number_sum(producer->tally.messages[i], topic.tally.messages[i]);
}

static void loses(struct producer *producer, int64_t certain, int64_t possible)
{
	producer->losses = (struct losses){.certain = certain, .possible = possible};
}

static struct row_numbers sum_of(const struct by_table *table)
{
	struct row_numbers sum = table->rest;

	if (!table->has_rest)
		sum = (struct row_numbers){0};
	for (size_t i = 0; i < table->count; i++) {
		sum.produced = number_sum(sum.produced, table->rows[i].numbers.produced);
		sum.certain = number_sum(sum.certain, table->rows[i].numbers.certain);
		sum.possible = number_sum(sum.possible, table->rows[i].numbers.possible);
	}
	return sum;
}

/* The law: by whatever key, all rows and the rest are all there is. */
static const struct by_table *by(const char *key)
{
	static const char *const keys[] = {"site", "topic", "broker", "exe", "minute"};
	int64_t all[3] = {0};

	for (size_t i = 0; i < run.process_count; i++)
		for (size_t j = 0; j < processes[i].producer_count; j++) {
			const struct producer *producer = &producers[i][j];

			all[0] = number_sum(all[0], producer->tally.messages[PRODUCED]);
			all[1] = number_sum(all[1], producer->losses.certain);
			all[2] = number_sum(all[2], producer->losses.possible);
		}
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		by_make(&run, &(struct by_given){.by = keys[i]});
		struct row_numbers sum = sum_of(run.by);

		if (sum.produced != all[0] || sum.certain != all[1] || sum.possible != all[2])
			fail_msg("by %s: %jd, %jd, %jd", keys[i], (intmax_t)sum.produced,
				 (intmax_t)sum.certain, (intmax_t)sum.possible);
	}
	by_make(&run, &(struct by_given){.by = key});
	return run.by;
}

static void expect_row(const struct by_table *table, size_t row, const char *name,
		       int64_t count, int64_t certain, int64_t possible)
{
	assert_true(row < table->count);
	const struct row_numbers *numbers = &table->rows[row].numbers;

	if (!strstr(table->rows[row].name, name) || numbers->produced != count ||
	    numbers->certain != certain || numbers->possible != possible)
		fail_msg("row %zu is %s: %jd, %jd, %jd", row, table->rows[row].name,
			 (intmax_t)numbers->produced, (intmax_t)numbers->certain,
			 (intmax_t)numbers->possible);
}

static void expect_rest(const struct by_table *table, int64_t count, int64_t certain,
			int64_t possible)
{
	assert_true(table->has_rest);
	assert_int_equal(table->rest.produced, count);
	assert_int_equal(table->rest.certain, certain);
	assert_int_equal(table->rest.possible, possible);
}

static void one_topic_has_all_of_its_producer(void **state)
{
	struct producer *producer = a_producer(0);

	(void)state;
	/* However it came about: refused ones, too. */
	produced(producer, "audits", 100, 3, 9);
	loses(producer, 7, 30);
	const struct by_table *table = by("topic");

	assert_int_equal(table->count, 1);
	expect_row(table, 0, "audits", 100, 7, 30);
	assert_false(table->has_rest);
	assert_int_equal(table->rows[0].numbers.processes, 1);
	assert_int_equal(table->rows[0].numbers.first_ns, NOON + 60 * SECOND);
}

static void what_is_outstanding_is_its_topics(void **state)
{
	struct producer *producer = a_producer(0);

	(void)state;
	produced(producer, "audits", 100, 10, 0);
	produced(producer, "bills", 50, 4, 5);
	loses(producer, 14, 0); /* the 5 were told */
	expect_row(by("topic"), 0, "audits", 100, 10, 0);
	expect_row(by("topic"), 1, "bills", 50, 4, 0);
	assert_false(by("topic")->has_rest);
	expect_row(by("site"), 0, "a.py", 100, 10, 0);
	loses(producer, 0, 14);
	expect_row(by("topic"), 0, "audits", 100, 0, 10);
	loses(producer, 19, 0); /* and now nobody was */
	expect_row(by("topic"), 0, "audits", 100, 10, 0);
	expect_row(by("topic"), 1, "bills", 50, 9, 0);
}

/* 6 of 14 are certain: it is not known which ones. */
static void what_cannot_be_told_apart_is_of_the_rest(void **state)
{
	struct producer *producer = a_producer(0);

	(void)state;
	produced(producer, "audits", 100, 10, 0);
	produced(producer, "bills", 50, 4, 0);
	loses(producer, 6, 8);
	const struct by_table *table = by("topic");

	expect_row(table, 0, "audits", 100, 0, 0);
	expect_row(table, 1, "bills", 50, 0, 0);
	expect_rest(table, 0, 6, 8);
	/* Of the lines it is known of at least so many. */
	producer->sites[0].lost_least = 2;
	table = by("site");
	expect_row(table, 0, "a.py", 100, 2, 0);
	expect_rest(table, 0, 4, 8);
}

static void a_line_that_is_not_known_is_of_the_rest(void **state)
{
	struct producer *producer = a_producer(0);

	(void)state;
	produced(producer, "audits", 100, 0, 0);
	produced(producer, "bills", 50, 4, 0);
	loses(producer, 4, 0);
	producer->sites[1].depth = 0;
	const struct by_table *table = by("site");

	assert_int_equal(table->count, 1);
	expect_row(table, 0, "a.py", 100, 0, 0);
	expect_rest(table, 50, 4, 0);
}

static void rows_are_of_all_processes_and_the_worst_comes_first(void **state)
{
	struct producer *first = a_producer(0), *second = a_producer(1), *third = a_producer(1);

	(void)state;
	produced(first, "audits", 100, 0, 0);
	produced(second, "audits", 10, 5, 0);
	loses(second, 5, 0);
	produced(third, "bills", 70, 7, 0);
	loses(third, 7, 0);
	const struct by_table *table = by("topic");

	expect_row(table, 0, "bills", 70, 7, 0);
	expect_row(table, 1, "audits", 110, 5, 0);
	assert_int_equal(table->rows[1].numbers.processes, 2);
	assert_int_equal(table->rows[1].numbers.first_ns, NOON + 60 * SECOND);
	assert_int_equal(table->rows[1].numbers.last_ns, NOON + 120 * SECOND);
	table = by("exe");
	expect_row(table, 0, "audits", 80, 12, 0);
	expect_row(table, 1, "orders", 100, 0, 0);
	table = by("minute");
	expect_row(table, 0, "T12:01Z", 100, 0, 0);
	expect_row(table, 1, "T12:02Z", 80, 12, 0);
	processes[1].duration_ns = UNKNOWN;
	table = by("minute");
	assert_int_equal(table->count, 1);
	expect_rest(table, 80, 12, 0);
	assert_int_equal(table->rest.first_ns, UNKNOWN);
}

static void a_producer_is_its_brokers_if_it_wrote_to_one(void **state)
{
	struct producer *producer = a_producer(0);
	struct socket *to = sockets[0];

	(void)state;
	produced(producer, "audits", 100, 4, 0);
	loses(producer, 4, 0);
	expect_rest(by("broker"), 100, 4, 0);
	for (size_t i = 0; i < SHARES; i++)
		to[i] = (struct socket){.flags = SOCKET_KAFKA, .producer = 0};
	processes[0].socket_count = SHARES;
	to[0].broker = "boot:9092/bootstrap"; /* was only asked */
	to[1].broker = "kafka:9092/1";
	to[2].broker = "kafka:9092/1";
	to[1].produce_requests = to[2].produce_requests = 3;
	expect_row(by("broker"), 0, "kafka:9092", 100, 4, 0);
	to[2].broker = "kafka:9093/2";
	expect_rest(by("broker"), 100, 4, 0);
	to[2].producer = UNKNOWN; /* another's */
	expect_row(by("broker"), 0, "kafka:9092", 100, 4, 0);
}

static void what_is_not_known_is_not_nothing(void **state)
{
	struct producer *producer = a_producer(0);

	(void)state;
	produced(producer, "audits", 100, UNKNOWN, 0);
	loses(producer, UNKNOWN, UNKNOWN);
	expect_row(by("topic"), 0, "audits", 100, UNKNOWN, UNKNOWN);
	produced(producer, "bills", 50, 0, 0);
	expect_row(by("topic"), 0, "audits", 100, UNKNOWN, UNKNOWN);
	assert_int_equal(sum_of(by("topic")).certain, UNKNOWN);
}

/* Shares that are more than the whole: a damaged trace. */
static void what_cannot_be_is_of_the_rest(void **state)
{
	struct producer *producer = a_producer(0);

	(void)state;
	produced(producer, "audits", 100, 0, 0);
	produced(producer, "bills", 50, 0, 0);
	producer->tally.messages[PRODUCED] = 120;
	const struct by_table *table = by("topic");

	assert_int_equal(table->count, 0);
	expect_rest(table, 120, 0, 0);
}

static void each_column_orders_the_rows(void **state)
{
	static const struct row_numbers rows[] = {
		{50, 1, 9, 3, 100, 300},
		{70, 5, 0, 1, 300, 400},
		{UNKNOWN, UNKNOWN, UNKNOWN, 2, UNKNOWN, UNKNOWN},
	};
	static const struct {
		enum rows_order order;
		int places[3];
	} orders[] = {
		{ROWS_BY_LOST, {1, 0, 2}},     {ROWS_BY_POSSIBLE, {0, 1, 2}},
		{ROWS_BY_PRODUCED, {1, 0, 2}}, {ROWS_BY_PROCESSES, {0, 2, 1}},
		{ROWS_BY_FIRST, {0, 1, 2}},    {ROWS_BY_LAST, {1, 0, 2}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
		for (size_t j = 0; j < 2; j++) {
			const struct row_numbers *one = &rows[orders[i].places[j]],
						 *next = &rows[orders[i].places[j + 1]];

			assert_true(rows_compare(orders[i].order, one, next) < 0);
			assert_true(rows_compare(orders[i].order, next, one) > 0);
			assert_int_equal(rows_compare(orders[i].order, one, one), 0);
		}
	assert_int_equal(rows_compare(ROWS_BY_BADNESS, &rows[0], &rows[1]), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_topic_has_all_of_its_producer),
		TEST(what_is_outstanding_is_its_topics),
		TEST(what_cannot_be_told_apart_is_of_the_rest),
		TEST(a_line_that_is_not_known_is_of_the_rest),
		TEST(rows_are_of_all_processes_and_the_worst_comes_first),
		TEST(a_producer_is_its_brokers_if_it_wrote_to_one),
		TEST(what_is_not_known_is_not_nothing),
		TEST(what_cannot_be_is_of_the_rest),
		TEST(each_column_orders_the_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
