/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_losses.c - certain and possible losses apart, and the line with the
 * certain ones.
 *
 * 500 messages of orders.py:42 are in flight and 10 of audit.py:7 unsent,
 * unless a test says otherwise.
 */
#include "judge/losses.h"

#include <stddef.h>
#include <string.h>

#include <librdkafka/rdkafka.h>

#include "judge/findings.h"
#include "testing.h"
#include "trace_maker.h"

static struct maker maker;
static struct run run;
static struct trace_producer *producer;
static struct trace_socket *wire;
static struct trace_cell *first, *last;

static int setup(void **state)
{
	(void)state;
	maker_make(&maker);
	producer = maker_story(&maker, 500, 0);
	maker_site(&maker, "audit.py", 7);
	first = &maker.cells[0];
	last = maker_cell(&maker, 0, 2);
	maker_count(&last->counts, COUNT_SENT, 10);
	wire = maker_socket(&maker, 0);
	producer->requests_sent = wire->produce_requests = 3;
	wire->produce_records = 500;
	last->mark = 4; /* three requests had been written, plus 1 */
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	model_free(&run);
	memset(&run, 0, sizeof run);
	maker_free(&maker);
	return 0;
}

static const struct losses *losses(void)
{
	model_free(&run);
	maker_run(&maker, &run);
	return &run.losses;
}

static void expect(int64_t certain, int64_t possible)
{
	assert_int_equal(losses()->certain, certain);
	assert_int_equal(run.losses.possible, possible);
	assert_int_equal(run.processes[0].losses.certain, certain);
	assert_int_equal(run.processes[0].producers[0].losses.possible, possible);
}

static void expect_where(const char *file, int64_t messages, bool exact)
{
	assert_non_null(run.where.site);
	assert_string_equal(run.where.site->frames[0].file, file);
	assert_int_equal(run.where.messages, messages);
	assert_int_equal(run.where.exact, exact);
}

static void what_no_request_can_hold_is_of_its_line(void **state)
{
	(void)state;
	expect(10, 500);
	expect_where("audit.py", 10, true);
	assert_string_equal(run.processes[0].findings[0].site->frames[0].file, "audit.py");
}

/* Produced before the last request was written: it may be in that. */
static void an_older_mark_says_nothing(void **state)
{
	(void)state;
	last->mark = 3;
	expect(10, 500);
	assert_null(run.where.site);
	last->mark = 0;
	expect(10, 500);
	assert_null(run.where.site);
}

/* The wire has one more than the client has counted: it may hold the youngest. */
static void a_request_that_is_not_counted_yet_forgets_the_marks(void **state)
{
	(void)state;
	wire->produce_requests = 4;
	expect(10, 500);
	assert_null(run.where.site);
}

/* It died inside the next write, of which the kernel may have taken all. */
static void a_request_that_is_being_written_forgets_the_marks(void **state)
{
	(void)state;
	wire->write_began_ns = 1;
	expect(0, 510);
	assert_null(run.where.site);
	producer->client = CLIENT_KAFKA_PYTHON;
	producer->requests_sent = 0;
	maker.process->produce_written = 3;
	expect(0, 510);
	assert_null(run.where.site);
	wire->write_began_ns = 0;
	expect(10, 500);
	expect_where("audit.py", 10, true);
}

static void the_share_is_said_as_far_as_it_is_known(void **state)
{
	(void)state;
	maker_count(&last->counts, COUNT_SENT, 10); /* 10 more, of before that */
	last->mark_sent = 10;
	wire->produce_records = 480;
	expect(40, 480);
	expect_where("orders.py", 20, false);
	assert_int_equal(run.processes[0].producers[0].sites[1].lost_least, 10);
}

static void expect_shares(const struct topic *topic, int64_t certain, int64_t possible)
{
	assert_int_equal(topic->lost_least, certain);
	assert_int_equal(topic->possible_least, possible);
}

static void the_only_topic_has_all_and_a_line_its_least(void **state)
{
	(void)state;
	expect(10, 500);
	expect_shares(&run.processes[0].producers[0].topics[0], 10, 500);
	assert_int_equal(run.processes[0].producers[0].sites[0].lost_least, 10);
	assert_int_equal(run.processes[0].producers[0].sites[0].possible_least, 0);
	assert_int_equal(run.processes[0].producers[0].sites[1].possible_least, 490);
}

static void of_two_topics_each_has_at_least_what_must_be_its_own(void **state)
{
	(void)state;
	maker_topic(&maker, 0, "audit", -1);
	maker_count(&maker_cell(&maker, 2, 2)->counts, COUNT_SENT, 10);
	wire->produce_records = 0;
	expect(520, 0);
	const struct topic *topics = run.processes[0].producers[0].topics;

	expect_shares(&topics[0], 510, 0);
	assert_string_equal(topics[2].name, "audit");
	expect_shares(&topics[2], 10, 0);
	wire->produce_records = 510;
	expect(10, 510);
	topics = run.processes[0].producers[0].topics;
	expect_shares(&topics[0], 0, 500);
	expect_shares(&topics[2], 0, 0);
}

static void shares_are_never_more_than_the_whole(void **state)
{
	(void)state;
	maker_topic(&maker, 0, "audit", -1);
	maker_count(&maker_cell(&maker, 2, 2)->counts, COUNT_SENT, 10);
	last->mark = 0;
	for (uint64_t records = 0; records <= 530; records += 10) {
		int64_t certain = 0, possible = 0, of_lines = 0;

		wire->produce_records = records;
		losses();
		const struct producer *it = &run.processes[0].producers[0];

		for (size_t i = 0; i < it->topic_count; i++) {
			certain += it->topics[i].lost_least;
			possible += it->topics[i].possible_least;
		}
		for (size_t i = 0; i < it->site_count; i++)
			of_lines += it->sites[i].possible_least;
		assert_true(certain <= it->losses.certain);
		assert_true(possible <= it->losses.possible);
		assert_true(of_lines <= it->losses.possible);
	}
}

/* What is not in flight is unsent, whatever the marks say. */
static void what_cannot_be_in_flight_is_of_its_line(void **state)
{
	(void)state;
	last->mark = 0;
	wire->produce_records = 100;
	expect(410, 100);
	expect_where("orders.py", 400, false);
	wire->produce_records = 0;
	expect(510, 0);
	expect_where("orders.py", 500, true);
}

static void of_other_clients_the_process_counts_the_requests(void **state)
{
	(void)state;
	producer->client = CLIENT_KAFKA_PYTHON;
	producer->requests_sent = 0;
	maker.process->produce_written = 3;
	expect(10, 500);
	expect_where("audit.py", 10, true);
	maker.process->produce_written = 4;
	expect(10, 500);
	assert_null(run.where.site);
}

/* ---- bad ends ---- */

static struct trace_producer_more *failed(uint64_t messages)
{
	struct trace_producer_more *more = maker_producer_more(&maker, producer);

	maker_count(&first->counts, COUNT_FAILED, messages);
	wire->produce_records -= messages;
	maker.header->compatible |= TRACE_HAS_MAYBE;
	return more;
}

static void what_failed_untold_is_certain_unless_the_broker_may_have_it(void **state)
{
	(void)state;
	struct trace_producer_more *more = failed(100);

	expect(110, 400);
	expect_where("orders.py", 100, true);
	more->failed_maybe = 70;
	expect(40, 470);
	expect_where("orders.py", 30, true);
	more->failed_maybe = 100; /* and nothing else was lost */
	wire->produce_records = 410;
	last->mark = 0;
	expect(0, 510);
	assert_int_equal(run.verdict, VERDICT_AT_RISK);
	wire->produce_records = 400;
	last->mark = 4;
	/* An older guest did not say. */
	maker.header->compatible &= ~(uint64_t)TRACE_HAS_MAYBE;
	expect(10, 500);
	expect_where("audit.py", 10, true);
}

static void what_was_told_is_no_loss_and_what_a_binding_heard_may_be(void **state)
{
	(void)state;
	struct trace_producer_more *more = failed(100);

	more->failed_told = 60;
	expect(50, 400);
	more->failed_told_binding = 30;
	expect(20, 430);
	more->failed_maybe = 40; /* whichever those are */
	expect(10, 440);
}

/* Of a client that does not say, no more can be there than was written. */
static void without_a_word_of_the_client_the_wire_bounds_it(void **state)
{
	(void)state;
	struct trace_producer_more *more = failed(500);

	producer->client = CLIENT_KAFKA_PYTHON;
	more->failed_maybe = 500;
	wire->produce_records = wire->produce_answered_records = 120;
	wire->produce_answered = 3;
	expect(390, 120);
	wire->flags |= SOCKET_TLS;
	expect(0, 510);
}

static void refused_messages_may_be_lost_and_their_number_may_be_unknown(void **state)
{
	(void)state;
	struct trace_producer_more *more = maker_producer_more(&maker, producer);

	maker_count(&maker.topics[0].counts, COUNT_REJECTED, 25);
	producer->rejected_retried = 5;
	expect(10, 520);
	more->refused_lost_sight = 1;
	expect(10, UNKNOWN);
}

static void an_open_transaction_is_lost_with_all_that_is_in_it(void **state)
{
	(void)state;
	struct trace_producer_more *more = maker_producer_more(&maker, producer);

	producer->flags |= PRODUCER_TRANSACTIONAL | PRODUCER_IN_TRANSACTION;
	expect(510, 0);
	more->transaction_at = 200;
	expect(310, 200);
	expect_where("orders.py", 300, true);
}

static void what_runs_has_lost_nothing_yet(void **state)
{
	(void)state;
	producer->waited_by = WAITED_NOT;
	maker.process->how = HOW_UNKNOWN;
	maker.process->end_ns = 0;
	losses();
	run.processes[0].how = ENDED_RUNNING;
	findings_raise(&run);
	assert_int_equal(run.losses.certain, 0);
	assert_int_equal(run.losses.possible, 510);
}

/* ---- over all processes ---- */

static void one_line_in_two_processes_is_one_line(void **state)
{
	(void)state;
	losses();
	maker_run_also(&maker, &run);
	findings_raise(&run);
	assert_int_equal(run.losses.certain, 20);
	assert_int_equal(run.losses.possible, 1000);
	expect_where("audit.py", 20, true);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_no_request_can_hold_is_of_its_line),
		TEST(an_older_mark_says_nothing),
		TEST(a_request_that_is_not_counted_yet_forgets_the_marks),
		TEST(a_request_that_is_being_written_forgets_the_marks),
		TEST(the_share_is_said_as_far_as_it_is_known),
		TEST(the_only_topic_has_all_and_a_line_its_least),
		TEST(of_two_topics_each_has_at_least_what_must_be_its_own),
		TEST(shares_are_never_more_than_the_whole),
		TEST(what_cannot_be_in_flight_is_of_its_line),
		TEST(of_other_clients_the_process_counts_the_requests),
		TEST(what_failed_untold_is_certain_unless_the_broker_may_have_it),
		TEST(what_was_told_is_no_loss_and_what_a_binding_heard_may_be),
		TEST(without_a_word_of_the_client_the_wire_bounds_it),
		TEST(refused_messages_may_be_lost_and_their_number_may_be_unknown),
		TEST(an_open_transaction_is_lost_with_all_that_is_in_it),
		TEST(what_runs_has_lost_nothing_yet),
		TEST(one_line_in_two_processes_is_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
