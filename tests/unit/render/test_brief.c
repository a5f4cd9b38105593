/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_brief.c - a report without options: a line if all is well, a screen for
 * one process that lost messages, a screen for any number of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/findings.h"
#include "printed.h"
#include "render/render.h"
#include "testing.h"
#include "trace_maker.h"

static struct maker maker;
static struct run run;
static struct render_options look;
static char *printed;

static int setup(void **state)
{
	(void)state;
	look = (struct render_options){0};
	maker_make(&maker);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(printed);
	printed = NULL;
	model_free(&run);
	maker_free(&maker);
	return 0;
}

static void print_run(void)
{
	free(printed);
	printed = printed_by(render_text, &run, &look);
}

static void print(void)
{
	model_free(&run);
	maker_run(&maker, &run);
	print_run();
}

static void expect(const char *words)
{
	if (!strstr(printed, words))
		fail_msg("no '%s' in\n%s", words, printed);
}

static void expect_not(const char *words)
{
	if (strstr(printed, words))
		fail_msg("'%s' in\n%s", words, printed);
}

static int lines(void)
{
	int count = 0;

	for (const char *at = printed; *at; at++)
		count += *at == '\n';
	return count;
}

static void of_a_clean_run_there_is_one_line(void **state)
{
	struct trace_producer *producer = maker_story(&maker, 1000, 1000);

	(void)state;
	maker_waited(producer, 1000);
	print();
	assert_string_equal(printed, "CLEAN    1,000 messages to orders delivered, and the "
				     "program waited for them\n");
	look.verbose = true;
	print();
	assert_true(lines() > 15);
	expect("waited      yes");
}

static void several_topics_are_a_number(void **state)
{
	struct trace_producer *producer = maker_story(&maker, 1000, 1000);

	(void)state;
	maker_waited(producer, 1000);
	maker_count(&maker_topic(&maker, 0, "audit", -1)->counts, COUNT_SENT, 500);
	print();
	expect(" to 2 topics ");
}

/* 500 produced, 331 delivered, the others never written. */
static void how_far_messages_came_is_one_line(void **state)
{
	struct trace_producer *producer = maker_story(&maker, 500, 331);
	struct trace_socket *socket = maker_socket(&maker, 0);

	(void)state;
	producer->requests_sent = socket->produce_requests = socket->produce_answered = 3;
	socket->produce_records = socket->produce_answered_records = 331;
	print();
	expect("  messages  500 produced > 331 written    169 stopped in the queue\n");
	socket->produce_answered = 2;
	socket->produce_records = 332;
	print();
	expect("  messages  500 produced > 332 written > 331 delivered\n            168 "
	       "stopped in "
	       "the queue, 1 unanswered\n");
	maker_count(&maker.topics[1].counts, COUNT_FAILED, 100);
	print();
	expect("  messages  500 produced > 331 delivered\n");
	expect(", 100 failed\n");
}

static void who_when_and_with_what(void **state)
{
	struct trace_producer *producer = maker_story(&maker, 10, 0);

	(void)state;
	producer->configuration = maker_string(&maker, "acks=1\nlinger.ms=5\n");
	maker.process->argv = maker_string(&maker, "orders\n--all");
	print();
	expect("  command   orders --all\n");
	expect("  process   4242, ended by exit() (status 0) after 2.00 s\n");
	expect("  began     2023-11-14T22:13:19Z\n");
	expect("linger.ms=5");
	expect("  finding   missing-flush, signature ");
	expect_not("what died there");
	look.verbose = true;
	print();
	expect("what died there");
}

static void the_network_is_one_line_unless_something_was_unusual(void **state)
{
	struct trace_socket *socket;

	(void)state;
	maker_story(&maker, 10, 0);
	socket = maker_socket(&maker, 0);
	print();
	expect("  network   1 connection, ");
	expect("nothing unusual\n");
	socket->stalls = 2;
	socket->stalled_ns = MAKER_SECOND / 2;
	socket->short_writes = 3;
	print();
	expect("2 stalls for 500.0 ms in all, 3 short writes");
	expect_not("nothing unusual");
	struct trace_peer *peer = maker_peer(&maker, 0, 1);

	peer->begun = peer->ends[PEER_REFUSED] = 12;
	print();
	expect("  network   127.0.0.1:1: 12 connects were refused\n");
}

/* Each is one line, cut at the page's width. */
static void other_findings_are_a_line_each(void **state)
{
	(void)state;
	maker_story(&maker, 10, 0);
	maker_count(&maker.topics[0].counts, COUNT_REJECTED, 250);
	print();
	expect("\n  also      rejected-not-retried: The client refused 250 messages");
	expect_not("-> ");
}

/* ---- many ---- */

/* `count` processes that lost 5 of 10 each, on a line of their own each if `apart`. */
static void many(size_t count, bool apart)
{
	char file[32];

	for (size_t i = 0; i < count; i++) {
		maker_free(&maker);
		maker_make(&maker);
		maker.process->pid = (int32_t)(1000 + i);
		maker.process->start_ticks = 1000 + i;
		maker_story(&maker, 10, 5);
		snprintf(file, sizeof file, "file%zu.py", i);
		if (apart)
			maker.sites[0].frames[0].file = maker_string(&maker, file);
		maker_run_also(&maker, &run);
	}
}

static void however_many_there_are_they_fit_on_a_screen(void **state)
{
	(void)state;
	many(60, false);
	findings_raise(&run);
	print_run();
	assert_true(lines() <= 24);
	expect("300 of 600 messages to orders (2.9 KiB of 5.9 KiB) never arrived\n");
	expect("  of     60 processes: 60 lost\n");
	expect(" LOST           300         0        60 11-14 22:13 11-14 22:13\n");
	expect("missing-flush: send_orders at orders.py:42\n");
	expect(": call producer.flush()");
	expect_not("  command ");
}

/* Of the table, which stands above the changes. */
static int rows(void)
{
	const char *end = strstr(printed, "\n  change ");
	int count = 0;

	assert_non_null(end);
	for (const char *at = printed; (at = strstr(at, " LOST ")) && at < end; at++)
		count++;
	return count;
}

static void a_table_is_no_wider_than_its_page(void **state)
{
	(void)state;
	many(3, true);
	findings_raise(&run);
	for (look.columns = 40; look.columns <= 120; look.columns++) {
		print_run();
		const char *row = strstr(printed, " LOST ");

		assert_non_null(row);
		assert_true((int)strcspn(row, "\n") + 13 <= look.columns);
		assert_int_equal(strstr(printed, "first (UTC)") != NULL, look.columns >= 76);
	}
}

static void kinds_of_losses_are_listed_up_to_a_screen(void **state)
{
	(void)state;
	many(60, true);
	findings_raise(&run);
	print_run();
	assert_true(lines() <= 50);
	expect("... 53 more signatures: see --verbose");
	assert_int_equal(rows(), 7);
	look.verbose = true;
	print_run();
	assert_int_equal(rows(), 60);
	expect("\nprocess 1059\n");
}

/* A table by hand: of 30 topics, of which 20 are listed, and of what is of none. */
static struct by_row by_rows[30];
static struct by_table by_table = {.key = "topic", .rows = by_rows, .count = 30};

static void by_make_up(void)
{
	for (size_t i = 0; i < 30; i++)
		by_rows[i] = (struct by_row){
			.name = i ? "audits" : "orders\xe4\xba\xac",
			.numbers = {INT64_C(123456789), 30 - (int64_t)i, UNKNOWN, 2,
				    1700000000 * MAKER_SECOND, UNKNOWN},
		};
	by_table.has_rest = true;
	by_table.rest = (struct row_numbers){7, 1, 0, 1, UNKNOWN, UNKNOWN};
	run.by = &by_table;
}

static void the_table_that_was_asked_for_stands_below(void **state)
{
	(void)state;
	many(2, true);
	findings_raise(&run);
	by_make_up();
	print_run();
	expect("\nby topic\n      produced        lost    possible   processes first (UTC) "
	       "last\n");
	expect("   123,456,789          30           ?           2 11-14 22:13 ?\n"
	       "   orders\xe4\xba\xac\n");
	expect("... 10 more rows: see --top\n");
	/* 1 + 2 + ... + 10 */
	expect(" 1,234,567,890          55           ?           ? ?           ?\n");
	expect("             7           1           0           1 ?           ?\n"
	       "   (of which topic is not known)\n");
	run.listed = 30;
	print_run();
	expect_not(" more rows");
	for (look.columns = 40; look.columns <= 120; look.columns++) {
		print_run();
		for (const char *at = strstr(printed, "\nby topic\n"); at && *++at;
		     at = strchr(at, '\n'))
			assert_true((int)strcspn(at, "\n") <= look.columns + 2);
		assert_int_equal(strstr(strstr(printed, "by topic"), "first (UTC)") != NULL,
				 look.columns >= 74);
	}
}

/* The signatures lost 1 to 9 and more; by default those that lost most come first. */
static void the_rows_stand_as_was_asked_for(void **state)
{
	(void)state;
	many(20, true);
	findings_raise(&run);
	run.listed = 3;
	print_run();
	assert_int_equal(rows(), 3);
	expect("... 17 more signatures");
	run.order = ROWS_BY_FIRST;
	run.groups[19].first_ns = 1;
	run.groups[19].losses.certain = 77;
	print_run();
	const char *first = strstr(printed, " LOST "), *last = strstr(printed, "... 17");

	assert_non_null(first);
	assert_int_equal(strncmp(first, " LOST            77 ", 20), 0);
	assert_true(first < last);
	run.order = ROWS_BY_LOST;
	print_run();
	assert_int_equal(strncmp(strstr(printed, " LOST "), " LOST            77 ", 20), 0);
}

static void who_could_not_be_judged_is_named(void **state)
{
	(void)state;
	many(2, false);
	for (int i = 0; i < 12; i++) {
		maker_free(&maker);
		maker_make(&maker);
		maker.process->pid = 2000 + i;
		maker.process->start_ticks = (uint64_t)(2000 + i);
		maker.process->silent_reason = maker_string(&maker, "no room");
		maker_run_also(&maker, &run);
	}
	findings_raise(&run);
	print_run();
	expect("12 blind");
	expect(" 2000, ");
	expect("orders 2009 and 2 more\n         processes: see --verbose\n");
	expect_not(" 2010");
	look.verbose = true;
	print_run();
	expect(" 2011\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(of_a_clean_run_there_is_one_line),
		TEST(several_topics_are_a_number),
		TEST(how_far_messages_came_is_one_line),
		TEST(who_when_and_with_what),
		TEST(the_network_is_one_line_unless_something_was_unusual),
		TEST(other_findings_are_a_line_each),
		TEST(however_many_there_are_they_fit_on_a_screen),
		TEST(a_table_is_no_wider_than_its_page),
		TEST(kinds_of_losses_are_listed_up_to_a_screen),
		TEST(the_table_that_was_asked_for_stands_below),
		TEST(the_rows_stand_as_was_asked_for),
		TEST(who_could_not_be_judged_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
