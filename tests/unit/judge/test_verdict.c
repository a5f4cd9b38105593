/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_verdict.c - each rule of the verdicts, from counters.
 */
#include "model/verdict.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "testing.h"
#include "trace_maker.h"

static struct maker maker;
static struct run run;

static int setup(void **state)
{
	(void)state;
	maker_make(&maker);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	model_free(&run);
	maker_free(&maker);
	return 0;
}

static enum verdict judged(void)
{
	model_free(&run);
	maker_run(&maker, &run);
	return run.verdict;
}

static const int64_t *messages(void)
{
	return run.processes[0].producers[0].tally.messages;
}

static void counts_that_break_the_law_are_unknown_and_blind(void **state)
{
	(void)state;
	maker_waited(maker_story(&maker, 10, 11), 10);
	assert_int_equal(judged(), VERDICT_BLIND);
	assert_int_equal(messages()[OUTSTANDING], UNKNOWN);
}

static void all_delivered_and_waited_for_is_clean(void **state)
{
	(void)state;
	maker_waited(maker_story(&maker, 100, 100), 100);
	assert_int_equal(judged(), VERDICT_CLEAN);
}

static void all_delivered_without_a_wait_is_racy(void **state)
{
	(void)state;
	maker_story(&maker, 100, 100);
	assert_int_equal(judged(), VERDICT_RACY);
}

static void a_wait_before_the_last_message_is_racy(void **state)
{
	(void)state;
	maker_waited(maker_story(&maker, 100, 100), 99);
	assert_int_equal(judged(), VERDICT_RACY);
}

static void every_report_served_is_unproven_in_an_older_trace(void **state)
{
	(void)state;
	struct trace_producer *producer = maker_story(&maker, 100, 100);

	producer->flags = PRODUCER_REPORTS;
	producer->reports_served = 100;
	assert_int_equal(judged(), VERDICT_UNPROVEN); /* an older trace: how is not known */
	producer->reports_served = 99;
	assert_int_equal(judged(), VERDICT_RACY);
	assert_int_equal(run.processes[0].producers[0].reports_unserved, 1);
	producer->reports_served = 100;
	producer->flags |= PRODUCER_REPORTS_ERRORS;
	assert_int_equal(judged(), VERDICT_RACY);
}

static void a_producer_that_produced_nothing_is_clean(void **state)
{
	(void)state;
	maker_producer(&maker);
	assert_int_equal(judged(), VERDICT_CLEAN);
}

static void outstanding_and_never_written_is_lost(void **state)
{
	(void)state;
	maker_story(&maker, 100, 40);
	maker_socket(&maker, 0);
	assert_int_equal(judged(), VERDICT_LOST);
	assert_int_equal(messages()[UNSENT], 60);
	assert_int_equal(messages()[IN_FLIGHT], 0);
}

static struct losses losses(void)
{
	return run.processes[0].producers[0].losses;
}

static struct trace_socket *in_flight(uint64_t records)
{
	struct trace_socket *socket = maker_socket(&maker, 0);

	maker.producers[0].requests_sent = 3;
	maker.producers[0].requests_answered = 2;
	socket->produce_requests = 3;
	socket->produce_answered = 2;
	socket->produce_records = 40 + records;
	socket->produce_answered_records = 40;
	return socket;
}

static void written_and_unanswered_is_at_risk(void **state)
{
	(void)state;
	maker_story(&maker, 100, 40);
	in_flight(60);
	assert_int_equal(judged(), VERDICT_AT_RISK);
	assert_int_equal(messages()[UNSENT], 0);
	assert_int_equal(messages()[IN_FLIGHT], 60);
}

static void some_written_and_some_not_is_lost(void **state)
{
	(void)state;
	maker_story(&maker, 100, 40);
	in_flight(25);
	assert_int_equal(judged(), VERDICT_LOST);
	assert_int_equal(messages()[UNSENT], 35);
	assert_int_equal(messages()[IN_FLIGHT], 25);
}

static void in_flight_through_a_reset_is_lost(void **state)
{
	(void)state;
	maker_story(&maker, 100, 40);
	struct trace_socket *socket = in_flight(60);

	socket->unsent_bytes = 500;
	assert_int_equal(judged(), VERDICT_AT_RISK);
	socket->unread_bytes = 40; /* closing it is a reset */
	assert_int_equal(judged(), VERDICT_LOST);
	socket->unread_bytes = 0;
	socket->flags |= SOCKET_LINGER_ZERO;
	assert_int_equal(judged(), VERDICT_LOST);
	socket->flags = SOCKET_KAFKA | SOCKET_RESET;
	assert_int_equal(judged(), VERDICT_LOST);
	assert_int_equal(losses().certain, 60); /* of its only request */
	assert_int_equal(losses().possible, 0);
	maker.producers[0].requests_sent = socket->produce_requests = 4;
	assert_int_equal(judged(), VERDICT_LOST);
	assert_int_equal(losses().certain, 1); /* of the last one, however many it had */
	assert_int_equal(losses().possible, 59);
}

/* What the peer had room for may all be there. */
static void what_a_reset_may_have_spared_is_at_risk(void **state)
{
	(void)state;
	maker_story(&maker, 100, 40);
	struct trace_socket *socket = in_flight(60);

	socket->unsent_bytes = 500;
	socket->unread_bytes = 40;
	socket->flags = SOCKET_KAFKA | SOCKET_UNDER_WAY;
	assert_int_equal(judged(), VERDICT_AT_RISK);
	socket->flags = SOCKET_KAFKA;
	socket->written_last_ns = socket->produce_last_ns + 1; /* a small one of another kind */
	assert_int_equal(judged(), VERDICT_AT_RISK);
	socket->unsent_bytes = 5000;
	assert_int_equal(judged(), VERDICT_LOST);
}

/* What was written on it was queued again, and may have arrived before that. */
static void what_a_connection_given_up_before_held_may_have_arrived(void **state)
{
	(void)state;
	maker_story(&maker, 100, 40);
	struct trace_socket *socket = in_flight(60);

	socket->state = SOCKET_CLOSED;
	socket->closed_ns = 101 * MAKER_SECOND + 10;
	struct trace_socket *next = maker_socket(&maker, 0);

	next->produce_last_ns = 101 * MAKER_SECOND + 20;
	assert_int_equal(judged(), VERDICT_AT_RISK);
	assert_int_equal(messages()[IN_FLIGHT], 60);
	/* Long ago: it has been written again since then, first of all. */
	next->produce_last_ns = 103 * MAKER_SECOND;
	assert_int_equal(judged(), VERDICT_LOST);
	assert_int_equal(messages()[IN_FLIGHT], 0);
	/* Closed by destroy: it was in use. */
	maker.producers[0].destroy_began_ns = 101 * MAKER_SECOND + 5;
	assert_int_equal(judged(), VERDICT_AT_RISK);
	assert_int_equal(messages()[IN_FLIGHT], 60);
}

static void what_the_wire_cannot_tell_is_unknown(void **state)
{
	(void)state;
	maker_story(&maker, 100, 40);
	struct trace_socket *socket = in_flight(60);
	const uint32_t unreadable[] = {SOCKET_TLS, SOCKET_WIRE_LOST};

	for (size_t i = 0; i < 2; i++) {
		socket->flags = SOCKET_KAFKA | unreadable[i];
		assert_int_equal(judged(), VERDICT_AT_RISK);
		assert_int_equal(messages()[UNSENT], UNKNOWN);
		assert_int_equal(messages()[IN_FLIGHT], UNKNOWN);
		assert_int_equal(messages()[OUTSTANDING], 60);
	}
	/* Every request answered: what is outstanding was in none of them. */
	maker.producers[0].requests_answered = 3;
	assert_int_equal(judged(), VERDICT_LOST);
	maker.producers[0].requests_answered = 2;
	socket->flags = SOCKET_KAFKA;
	socket->produce_uncounted = 1;
	judged();
	assert_int_equal(messages()[UNSENT], UNKNOWN);
	socket->produce_uncounted = 0;
	maker.producers[0].requests_sent = 4; /* one that the wire did not see */
	judged();
	assert_int_equal(messages()[UNSENT], UNKNOWN);
}

/* Killed between a write and librdkafka's count of the request that it ended. */
static void a_write_that_the_client_had_not_told_of_may_be_one_more_request(void **state)
{
	(void)state;
	maker_story(&maker, 100, 40);
	struct trace_socket *socket = in_flight(60);
	const uint32_t unreadable[] = {SOCKET_TLS, SOCKET_WIRE_LOST};

	maker.producers[0].requests_answered = 3;
	for (size_t i = 0; i < 2; i++) {
		socket->flags = SOCKET_KAFKA | unreadable[i];
		socket->accepted_bytes = 5000;
		maker_socket_told(&maker, socket);
		assert_int_equal(judged(), VERDICT_LOST);
		socket->accepted_bytes +=
			51; /* an alert of TLS, and an answer to a KeyUpdate */
		assert_int_equal(judged(), VERDICT_LOST);
		socket->accepted_bytes += 70;
		assert_int_equal(judged(), VERDICT_AT_RISK);
		/* Not if the client has closed it: it had told of all. */
		socket->end = END_CLOSE;
		assert_int_equal(judged(), VERDICT_LOST);
		socket->end = END_PROCESS;
		assert_int_equal(judged(), VERDICT_AT_RISK);
		socket->end = END_NONE;
		/* It had told of none: what was written was no Produce request. */
		maker.sockets_told[0].requests = 0;
		assert_int_equal(judged(), VERDICT_LOST);
	}
}

/* The marks of lines that produce are of requests that were counted. */
static void of_a_request_not_told_of_the_marks_say_nothing(void **state)
{
	(void)state;
	maker_story(&maker, 100, 0);
	struct trace_socket *socket = maker_socket(&maker, 0);

	socket->flags = SOCKET_KAFKA | SOCKET_TLS;
	socket->accepted_bytes = 900;
	maker_socket_told(&maker, socket);
	judged();
	assert_true(run.processes[0].producers[0].requests_agree);
	socket->accepted_bytes = 1900;
	judged();
	assert_false(run.processes[0].producers[0].requests_agree);
	assert_int_equal(run.processes[0].producers[0].verdict, VERDICT_AT_RISK);
}

static void failed_and_told_is_failed_and_untold_is_lost(void **state)
{
	(void)state;
	struct trace_producer *producer = maker_story(&maker, 100, 90);

	maker_waited(producer, 100);
	maker_count(&maker.topics[1].counts, COUNT_FAILED, 10);
	producer->reports_served_failed = 10;
	assert_int_equal(judged(), VERDICT_FAILED);
	producer->reports_served_failed = 9;
	assert_int_equal(judged(), VERDICT_LOST);
}

static void purged_is_failed(void **state)
{
	(void)state;
	maker_waited(maker_story(&maker, 100, 90), 100);
	maker_count(&maker.topics[1].counts, COUNT_PURGED, 10);
	assert_int_equal(judged(), VERDICT_FAILED);
}

static void refused_and_not_tried_again_is_at_risk(void **state)
{
	(void)state;
	struct trace_producer *producer = maker_story(&maker, 100, 100);

	maker_waited(producer, 100);
	maker_count(&maker.topics[0].counts, COUNT_REJECTED, 3);
	assert_int_equal(judged(), VERDICT_AT_RISK);
	producer->rejected_retried = 3;
	assert_int_equal(judged(), VERDICT_CLEAN);
}

static void an_open_transaction_is_lost(void **state)
{
	(void)state;
	struct trace_producer *producer = maker_story(&maker, 100, 100);

	maker_waited(producer, 100);
	producer->flags = PRODUCER_TRANSACTIONAL;
	producer->transactions_begun = 2;
	producer->transactions_committed = 1;
	assert_int_equal(judged(), VERDICT_LOST);
	producer->transactions_committed = 2;
	assert_int_equal(judged(), VERDICT_CLEAN);
}

static void unconfirmed_in_the_send_queue_is_at_risk(void **state)
{
	(void)state;
	maker_waited(maker_story(&maker, 100, 0), 100);
	maker_count(&maker.topics[1].counts, COUNT_UNCONFIRMED, 100);
	struct trace_socket *socket = maker_socket(&maker, 0);
	socket->produce_requests = socket->produce_unanswerable = 1;
	socket->produce_records = socket->produce_unanswerable_records = 100;
	assert_int_equal(judged(), VERDICT_CLEAN);
	socket->unsent_bytes = 900;
	assert_int_equal(judged(), VERDICT_AT_RISK);
	socket->flags |= SOCKET_UNDER_WAY; /* it was sent: the peer's TCP only takes its time */
	assert_int_equal(judged(), VERDICT_CLEAN);
	socket->flags |= SOCKET_LINGER_ZERO;
	assert_int_equal(judged(), VERDICT_LOST);
}

static void only_the_wire_is_blind_unless_the_wire_proves_more(void **state)
{
	(void)state;
	struct trace_socket *socket = maker_socket(&maker, UINT32_MAX);

	maker.process->notes = NOTE_KAFKA_WIRE;
	socket->produce_requests = socket->produce_answered = 5;
	assert_int_equal(judged(), VERDICT_BLIND);
	socket->produce_answered = 4;
	assert_int_equal(judged(), VERDICT_AT_RISK);
	socket->produce_answered = 5;
	socket->frame_bytes = 5243016;
	socket->frame_at = 324596;
	assert_int_equal(judged(), VERDICT_LOST);
	socket->frame_api = 3; /* no message was in it */
	assert_int_equal(judged(), VERDICT_BLIND);
}

/* What it writes asks for messages, and commits offsets. */
static void a_consumer_is_no_producer(void **state)
{
	(void)state;
	struct trace_socket *socket = maker_socket(&maker, UINT32_MAX);

	socket->producer = 0;
	maker.process->notes = NOTE_KAFKA_WIRE;
	assert_int_equal(judged(), VERDICT_BLIND);
	maker.process->notes |= NOTE_CONSUMER;
	assert_int_equal(judged(), VERDICT_CLEAN);
	maker.process->notes |= NOTE_PROBE_REFUSED; /* a producer that was not instrumented */
	assert_int_equal(judged(), VERDICT_BLIND);
	maker.process->notes &= ~(uint32_t)NOTE_PROBE_REFUSED;
	socket->produce_requests = socket->produce_answered =
		1; /* of another client, whose messages are not counted */
	assert_int_equal(judged(), VERDICT_BLIND);
}

static void no_kafka_at_all_is_blind(void **state)
{
	(void)state;
	maker_socket(&maker, UINT32_MAX)->flags = 0;
	assert_int_equal(judged(), VERDICT_BLIND);
	assert_false(run.processes[0].judged);
	assert_int_equal(run.without_kafka, 1);
}

static void messages_of_producers_without_a_row_are_blind(void **state)
{
	(void)state;
	maker_waited(maker_story(&maker, 100, 100), 100);
	maker.process->sends_unseen = 1;
	assert_int_equal(judged(), VERDICT_BLIND);
}

/* A second process in the same run. */
static void add_process(int32_t pid)
{
	maker.process->pid = pid;
	maker_run_also(&maker, &run);
}

static void the_worst_process_decides_and_one_without_kafka_does_not(void **state)
{
	(void)state;
	maker_waited(maker_story(&maker, 100, 100), 100);
	judged();
	maker_free(&maker);
	maker_make(&maker); /* a shell */
	add_process(1);
	assert_int_equal(run.processes[1].verdict, VERDICT_BLIND);
	assert_int_equal(run.verdict, VERDICT_CLEAN);
	assert_int_equal(run.without_kafka, 1);
	maker_socket(&maker, UINT32_MAX); /* Kafka, but only on the wire */
	add_process(2);
	assert_int_equal(run.verdict, VERDICT_BLIND);
	maker_story(&maker, 100, 100);
	add_process(3);
	assert_int_equal(run.verdict, VERDICT_RACY);
}

static void names_and_codes_are_the_contract(void **state)
{
	static const struct {
		const char *name;
		int code;
	} expected[] = {{"lost", 80},  {"at_risk", 81}, {"racy", 82}, {"unproven", 84},
			{"blind", 83}, {"failed", 85},	{"clean", 0}};
	enum verdict verdict;

	(void)state;
	for (size_t i = 0; i < 7; i++) {
		assert_true(verdict_by_name(expected[i].name, &verdict));
		assert_int_equal(verdict_exit_code(verdict), expected[i].code);
		assert_string_equal(verdict_name(verdict), expected[i].name);
	}
	assert_false(verdict_by_name("LOST", &verdict));
	assert_true(VERDICT_LOST > VERDICT_AT_RISK && VERDICT_AT_RISK > VERDICT_RACY &&
		    VERDICT_RACY > VERDICT_UNPROVEN && VERDICT_UNPROVEN > VERDICT_BLIND &&
		    VERDICT_BLIND > VERDICT_FAILED && VERDICT_FAILED > VERDICT_CLEAN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(counts_that_break_the_law_are_unknown_and_blind),
		TEST(all_delivered_and_waited_for_is_clean),
		TEST(all_delivered_without_a_wait_is_racy),
		TEST(a_wait_before_the_last_message_is_racy),
		TEST(every_report_served_is_unproven_in_an_older_trace),
		TEST(a_producer_that_produced_nothing_is_clean),
		TEST(outstanding_and_never_written_is_lost),
		TEST(written_and_unanswered_is_at_risk),
		TEST(some_written_and_some_not_is_lost),
		TEST(in_flight_through_a_reset_is_lost),
		TEST(what_a_reset_may_have_spared_is_at_risk),
		TEST(what_a_connection_given_up_before_held_may_have_arrived),
		TEST(what_the_wire_cannot_tell_is_unknown),
		TEST(a_write_that_the_client_had_not_told_of_may_be_one_more_request),
		TEST(of_a_request_not_told_of_the_marks_say_nothing),
		TEST(failed_and_told_is_failed_and_untold_is_lost),
		TEST(purged_is_failed),
		TEST(refused_and_not_tried_again_is_at_risk),
		TEST(an_open_transaction_is_lost),
		TEST(unconfirmed_in_the_send_queue_is_at_risk),
		TEST(only_the_wire_is_blind_unless_the_wire_proves_more),
		TEST(a_consumer_is_no_producer),
		TEST(no_kafka_at_all_is_blind),
		TEST(messages_of_producers_without_a_row_are_blind),
		TEST(the_worst_process_decides_and_one_without_kafka_does_not),
		TEST(names_and_codes_are_the_contract),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
