/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_build_requests.c - what is known, over TLS, of a producer whose requests
 * the guest has counted, and of one that reports messages of acks=0 as done
 * before they are written.
 */
#include <stddef.h>
#include <stdint.h>

#include "testing.h"
#include "trace_maker.h"

static struct maker maker;
static struct run run;
static struct trace_socket *own;
static struct trace_producer_more *more;

/* 100 messages of 10 bytes, one connection that speaks TLS, and none that can be read. */
static int setup(void **state)
{
	(void)state;
	maker_make(&maker);
	struct trace_producer *producer = maker_story(&maker, 100, 0);

	producer->client = CLIENT_KAFKA_PYTHON;
	producer->flags |= PRODUCER_REQUESTS;
	producer->requests_sent = producer->requests_answered = 0;
	more = maker_producer_more(&maker, producer);
	own = maker_socket(&maker, 0);
	*own = (struct trace_socket){.state = SOCKET_OPEN,
				     .opened_ns = own->opened_ns,
				     .flags = SOCKET_TLS,
				     .producer = 1,
				     .accepted_bytes = 20000,
				     .unsent_bytes = 0,
				     .fd = 99};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	model_free(&run);
	maker_free(&maker);
	return 0;
}

static const struct producer *judged(void)
{
	model_free(&run);
	maker_run(&maker, &run);
	return &run.processes[0].producers[0];
}

static void expect(int64_t unsent, int64_t in_flight, enum verdict verdict)
{
	const struct producer *producer = judged();

	assert_int_equal(producer->tally.messages[UNSENT], unsent);
	assert_int_equal(producer->tally.messages[IN_FLIGHT], in_flight);
	assert_int_equal(producer->verdict, verdict);
}

static void what_never_entered_a_request_was_never_written(void **state)
{
	(void)state;
	more->requested = 40;
	expect(60, 40, VERDICT_LOST);
	assert_true(judged()->written_unseen);
	more->requested = 0;
	expect(100, 0, VERDICT_LOST);
	assert_false(judged()->written_unseen);
}

static void of_what_entered_requests_nobody_knows(void **state)
{
	(void)state;
	more->requested = 100;
	expect(UNKNOWN, UNKNOWN, VERDICT_AT_RISK);
}

/* An older trace, or a client whose requests go past the guest. */
static void without_the_count_nobody_knows_anything(void **state)
{
	(void)state;
	maker.producers[0].flags &= ~(uint32_t)PRODUCER_REQUESTS;
	expect(UNKNOWN, UNKNOWN, VERDICT_AT_RISK);
}

/* One of nobody's is a browser's, or is it? */
static void a_connection_of_nobodys_is_none_of_a_producer_that_has_its_own(void **state)
{
	(void)state;
	own->producer = 0;
	more->requested = 0; /* nothing can have been written anywhere */
	expect(100, 0, VERDICT_LOST);
	more->requested = 100; /* where? */
	expect(UNKNOWN, UNKNOWN, VERDICT_AT_RISK);
}

/* ---- acks=0 ---- */

static void all_are_done(void)
{
	maker.producers[0].acks = 0;
	maker.producers[0].flags |= PRODUCER_WRITES;
	maker_count(&maker.topics[1].counts, COUNT_UNCONFIRMED, 100);
	maker_waited(&maker.producers[0], 100);
	more->requested = more->requested_ended = more->requested_written = 100;
}

static void what_was_written_is_clean(void **state)
{
	(void)state;
	all_are_done();
	expect(0, 0, VERDICT_CLEAN);
	assert_int_equal(judged()->tally.messages[UNCONFIRMED], 100);
}

static void what_was_called_done_and_not_seen_to_be_written_is_at_risk(void **state)
{
	(void)state;
	all_are_done();
	more->requested_written = 70;
	expect(UNKNOWN, UNKNOWN, VERDICT_AT_RISK);
	assert_int_equal(judged()->tally.messages[UNCONFIRMED], 70);
	assert_int_equal(judged()->tally.messages[OUTSTANDING], 30);
	assert_non_null(maker_finding(&run, "acks0-unsent"));
}

static void what_all_connections_together_cannot_have_carried_is_lost(void **state)
{
	(void)state;
	all_are_done();
	maker.producers[0].flags &= ~(uint32_t)PRODUCER_WRITES;
	own->accepted_bytes = 999;
	expect(1, 0, VERDICT_LOST);
	own->accepted_bytes = 1000;
	expect(0, 0, VERDICT_CLEAN);
}

static void what_the_kernel_holds_is_at_risk(void **state)
{
	(void)state;
	all_are_done();
	own->unsent_bytes = 2000000;
	expect(0, 0, VERDICT_AT_RISK);
	own->unsent_bytes = 24; /* the alert that closes it */
	expect(0, 0, VERDICT_CLEAN);
}

static void of_one_that_was_killed_a_sample_says_what_the_kernel_held(void **state)
{
	struct trace_socket_more *queue = maker_socket_more(&maker, own);

	(void)state;
	all_are_done();
	own->unsent_bytes = TRACE_UNKNOWN;
	queue->queued_bytes = TRACE_UNKNOWN;
	expect(0, 0, VERDICT_AT_RISK);
	assert_true(judged()->kernel_open);
	queue->queued_ns = maker.process->end_ns - 1;
	queue->queued_bytes = 0;
	queue->queued_accepted = own->accepted_bytes;
	expect(0, 0, VERDICT_CLEAN);
	maker.producers[0].acks = 1; /* then there is no such question */
	queue->queued_ns = 0;
	assert_false(judged()->kernel_open);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_never_entered_a_request_was_never_written),
		TEST(of_what_entered_requests_nobody_knows),
		TEST(without_the_count_nobody_knows_anything),
		TEST(a_connection_of_nobodys_is_none_of_a_producer_that_has_its_own),
		TEST(what_was_written_is_clean),
		TEST(what_was_called_done_and_not_seen_to_be_written_is_at_risk),
		TEST(what_all_connections_together_cannot_have_carried_is_lost),
		TEST(what_the_kernel_holds_is_at_risk),
		TEST(of_one_that_was_killed_a_sample_says_what_the_kernel_held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
