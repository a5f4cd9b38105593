/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_waits.c - who was told, and what counts as a wait, from SECTION_PRODUCER_MORE.
 */
#include "judge/judge.h"

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "testing.h"
#include "trace_maker.h"

static struct maker maker;
static struct run run;
static struct trace_producer *producer;
static struct trace_producer_more *more;

/* 100 delivered, whose reports were asked for and served. */
static int setup(void **state)
{
	(void)state;
	maker_make(&maker);
	producer = maker_story(&maker, 100, 100);
	more = maker_producer_more(&maker, producer);
	producer->flags = PRODUCER_REPORTS;
	producer->reports_served = 100;
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

static void the_last_report_inside_a_call_that_can_block_is_a_wait(void **state)
{
	(void)state;
	assert_int_equal(judged(), VERDICT_RACY);
	more->reports_waited = 99;
	assert_int_equal(judged(), VERDICT_RACY);
	more->reports_waited = 100;
	assert_int_equal(judged(), VERDICT_CLEAN);
	producer->flags |= PRODUCER_REPORTS_ERRORS;
	assert_int_equal(judged(), VERDICT_RACY);
	producer->flags = 0;
	assert_int_equal(judged(), VERDICT_RACY);
}

static void a_report_served_in_another_way_is_no_wait_or_unproven(void **state)
{
	static const struct {
		enum trace_report_how how;
		enum verdict other, ends_it;
	} ways[] = {
		{REPORT_OWN_POLLING_ONCE, VERDICT_RACY, VERDICT_RACY},
		{REPORT_OWN_POLLING_AGAIN, VERDICT_UNPROVEN, VERDICT_UNPROVEN},
		{REPORT_OTHER_THREAD_POLLING, VERDICT_UNPROVEN, VERDICT_RACY},
		{REPORT_OTHER_THREAD_POLLING_AGAIN, VERDICT_UNPROVEN, VERDICT_UNPROVEN},
		{REPORT_OTHER_THREAD_BLOCKING, VERDICT_UNPROVEN, VERDICT_CLEAN},
		{REPORT_BINDING, VERDICT_UNPROVEN, VERDICT_UNPROVEN},
		{REPORT_WOKEN, VERDICT_UNPROVEN, VERDICT_UNPROVEN},
	};

	(void)state;
	more->reports_other = 100;
	more->other_thread = 77;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		more->other_how = ways[i].how;
		maker.process->end_thread = 78;
		assert_int_equal(judged(), ways[i].other);
		maker.process->end_thread = 77;
		assert_int_equal(judged(), ways[i].ends_it);
	}
}

/* A future that was kept, or a callback: a framework's own future may hang on it. */
static void what_has_a_future_that_was_kept_is_unproven(void **state)
{
	static const enum trace_client clients[] = {CLIENT_KAFKA_PYTHON, CLIENT_AIOKAFKA,
						    CLIENT_KAFKA_CLIENTS};

	(void)state;
	for (size_t i = 0; i < sizeof clients / sizeof *clients; i++) {
		producer->client = clients[i];
		producer->flags = 0;
		assert_int_equal(judged(), VERDICT_RACY);
		producer->flags = PRODUCER_WAITS_UNSEEN;
		assert_int_equal(judged(), VERDICT_UNPROVEN);
		producer->flags |= PRODUCER_OVERFLOW; /* it shares its row with others */
		assert_int_equal(judged(), VERDICT_BLIND);
	}
	producer->client = CLIENT_LIBRDKAFKA; /* loaded as its plugin, not preloaded */
	producer->flags = PRODUCER_WAITS_UNSEEN;
	assert_int_equal(judged(), VERDICT_BLIND);
	producer->flags |= PRODUCER_ASYNCIO;
	assert_int_equal(judged(), VERDICT_UNPROVEN);
}

static void an_empty_queue_seen_by_another_thread_or_after_a_purge_is_unproven(void **state)
{
	(void)state;
	more->unproven_for = 100;
	assert_int_equal(judged(), VERDICT_UNPROVEN);
	more->unproven_thread = 77;
	maker.process->end_thread = 77;
	assert_int_equal(judged(), VERDICT_CLEAN);
	more->unproven_for = 0;
	producer->waited_for = 100;
	producer->waited_by = WAITED_PURGE;
	assert_int_equal(judged(), VERDICT_RACY);
}

static void one_that_was_ended_by_sigkill_is_unproven_and_by_sigterm_racy(void **state)
{
	(void)state;
	maker.process->how = HOW_UNKNOWN;
	maker.process->observed = 1;
	maker.process->observed_ns = 102 * MAKER_SECOND;
	maker.process->observed_status = SIGKILL;
	assert_int_equal(judged(), VERDICT_UNPROVEN);
	maker.process->observed_status = SIGTERM;
	assert_int_equal(judged(), VERDICT_RACY);
	maker.process->observed_status = SIGKILL;
	producer->reports_served = 99;
	assert_int_equal(judged(), VERDICT_RACY);
}

/* Whatever says that all which the client was given has arrived. */
static void what_may_lie_in_gos_channel_is_never_clean(void **state)
{
	(void)state;
	more->binding = BINDING_GO;
	maker.sites[0].language = LANGUAGE_C;
	maker.sites[0].frames[0].function = maker_string(
		&maker, "github.com/confluentinc/confluent-kafka-go/v2/kafka.channelProducer");
	assert_int_equal(judged(), VERDICT_RACY);
	more->reports_waited = 100;
	assert_int_equal(judged(), VERDICT_UNPROVEN);
	maker_waited(producer, 100);
	assert_int_equal(judged(), VERDICT_UNPROVEN);
	producer->waited_by = WAITED_OUTQ_LEN;
	assert_int_equal(judged(), VERDICT_UNPROVEN);
	run.processes[0].how = ENDED_RUNNING; /* nothing was left behind yet */
	assert_false(waits_channel_open(&run.processes[0], run.processes[0].producers));
	producer->state = PRODUCER_DESTROYED;
	assert_int_equal(judged(), VERDICT_CLEAN);
	maker_count(&maker.cells[0].counts, COUNT_SENT, 1);
	assert_int_equal(judged(), VERDICT_LOST);
}

static void failed_is_judged_by_who_was_told(void **state)
{
	(void)state;
	maker_count(&maker.topics[1].counts, COUNT_FAILED, 10);
	maker_count(&maker.cells[0].counts, COUNT_SENT, 10);
	maker_waited(producer, 110);
	assert_int_equal(judged(), VERDICT_LOST);
	more->failed_told_binding = 10;
	assert_int_equal(judged(), VERDICT_AT_RISK);
	more->failed_told = 10;
	assert_int_equal(judged(), VERDICT_FAILED);
	more->failed_told = 9;
	more->failed_told_binding = 0;
	assert_int_equal(judged(), VERDICT_LOST);
	assert_int_equal(run.processes[0].producers[0].failed_told.nobody, 1);
}

static void purged_is_lost_unless_told_whoever_did_it(void **state)
{
	(void)state;
	maker_count(&maker.topics[1].counts, COUNT_PURGED, 10);
	maker_count(&maker.cells[0].counts, COUNT_SENT, 10);
	maker_waited(producer, 110);
	assert_int_equal(judged(), VERDICT_LOST); /* by the client itself */
	more->purges_wrapper = 1;
	more->purged_told_binding = 10;
	assert_int_equal(judged(), VERDICT_LOST);
	more->purges_wrapper = 0;
	more->purges_late = 1;
	assert_int_equal(judged(), VERDICT_AT_RISK);
	more->purged_told_binding = 0;
	assert_int_equal(judged(), VERDICT_LOST);
	more->purged_told = 10;
	assert_int_equal(judged(), VERDICT_FAILED);
}

/* Two purges of a wrapper: the first was the application's, the second came with the drop. */
static void of_purges_by_a_wrapper_what_the_last_found_is_lost(void **state)
{
	(void)state;
	maker_count(&maker.topics[1].counts, COUNT_PURGED, 10);
	maker_count(&maker.cells[0].counts, COUNT_SENT, 10);
	maker_waited(producer, 110);
	more->purges_wrapper = 1;
	more->purges_own = 1;
	more->purged_told_binding = 10;
	assert_int_equal(judged(), VERDICT_AT_RISK);
	assert_null(maker_finding(&run, "dropped-by-wrapper"));
	more->purge_found = 4;
	assert_int_equal(judged(), VERDICT_LOST);
	assert_int_equal(judge_bad_ends(&run.processes[0].producers[0]).purged.nobody, 4);
	assert_non_null(maker_finding(&run, "dropped-by-wrapper"));
	assert_int_equal(maker_finding(&run, "purged")->verdict, VERDICT_AT_RISK);
}

/* The client's own purge after a fatal error is a failure; a drop after it finds nothing. */
static void after_a_fatal_error_only_what_a_drop_found_is_lost(void **state)
{
	(void)state;
	maker_count(&maker.topics[1].counts, COUNT_PURGED, 10);
	maker_count(&maker.cells[0].counts, COUNT_SENT, 10);
	maker_waited(producer, 110);
	more->fatal_error = 45;
	assert_int_equal(judged(), VERDICT_LOST); /* nobody was told */
	more->purged_told_binding = 10;
	assert_int_equal(judged(), VERDICT_AT_RISK);
	more->purges_wrapper = 1;
	assert_int_equal(judged(), VERDICT_AT_RISK);
	assert_null(maker_finding(&run, "dropped-by-wrapper"));
	assert_non_null(strstr(maker_finding(&run, "purged")->text, "After a fatal error"));
	more->purge_found = 4;
	assert_int_equal(judged(), VERDICT_LOST);
	assert_int_equal(judge_bad_ends(&run.processes[0].producers[0]).purged.nobody, 4);
	assert_non_null(maker_finding(&run, "dropped-by-wrapper"));
}

static void an_open_transaction_is_lost_if_something_was_produced_in_it(void **state)
{
	(void)state;
	maker_waited(producer, 100);
	producer->flags |= PRODUCER_TRANSACTIONAL | PRODUCER_IN_TRANSACTION;
	producer->transactions_begun = 2;
	producer->transactions_committed = 1;
	more->transaction_at = 100;
	assert_int_equal(judged(), VERDICT_CLEAN);
	more->transaction_at = 99;
	assert_int_equal(judged(), VERDICT_LOST);
}

static void an_aborted_transaction_is_failed_unless_as_many_were_committed_later(void **state)
{
	(void)state;
	maker_count(&maker.topics[1].counts, COUNT_PURGED, 10);
	maker_count(&maker.cells[0].counts, COUNT_SENT, 10);
	maker_waited(producer, 110);
	more->aborted_messages = 20;
	assert_int_equal(judged(), VERDICT_FAILED);
	more->committed_messages = 19;
	assert_int_equal(judged(), VERDICT_FAILED);
	more->committed_messages = 20;
	assert_int_equal(judged(), VERDICT_CLEAN);
}

static void refusals_that_were_lost_sight_of_are_at_risk(void **state)
{
	(void)state;
	maker_waited(producer, 100);
	maker_count(&maker.topics[0].counts, COUNT_REJECTED, 10);
	producer->rejected_retried = 10;
	assert_int_equal(judged(), VERDICT_CLEAN);
	more->refused_lost_sight = 1;
	assert_int_equal(judged(), VERDICT_AT_RISK);
	assert_int_equal(judge_not_retried(&run.processes[0].producers[0]), UNKNOWN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_last_report_inside_a_call_that_can_block_is_a_wait),
		TEST(a_report_served_in_another_way_is_no_wait_or_unproven),
		TEST(what_has_a_future_that_was_kept_is_unproven),
		TEST(an_empty_queue_seen_by_another_thread_or_after_a_purge_is_unproven),
		TEST(one_that_was_ended_by_sigkill_is_unproven_and_by_sigterm_racy),
		TEST(what_may_lie_in_gos_channel_is_never_clean),
		TEST(failed_is_judged_by_who_was_told),
		TEST(purged_is_lost_unless_told_whoever_did_it),
		TEST(of_purges_by_a_wrapper_what_the_last_found_is_lost),
		TEST(after_a_fatal_error_only_what_a_drop_found_is_lost),
		TEST(an_open_transaction_is_lost_if_something_was_produced_in_it),
		TEST(an_aborted_transaction_is_failed_unless_as_many_were_committed_later),
		TEST(refusals_that_were_lost_sight_of_are_at_risk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
