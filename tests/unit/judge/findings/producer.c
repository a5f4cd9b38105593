/* SPDX-License-Identifier: Apache-2.0 */
/*
 * producer.c - stories of tools/judge/findings_producer.c: producers that left messages behind,
 * or might have.
 */
#include "judge/findings/story.h"

#include <signal.h>

static void flush_gives_up(void)
{
	producer->flush_calls = producer->flush_timeouts = 1;
	producer->flush_result = -185;
	producer->flush_waited_ns = 100000000;
	producer->flush_ended_ns = producer->produced_last_ns + 100000000;
}

static void destroyed(void)
{
	producer->state = PRODUCER_DESTROYED;
	producer->destroy_began_ns = 101 * MAKER_SECOND + 600;
	maker_count(&maker.topics[1].counts, COUNT_DROPPED, 600);
}

static void killed(void)
{
	maker.process->how = HOW_UNKNOWN;
	maker.process->observed = 1;
	maker.process->observed_status = SIGKILL;
	maker.process->observed_ns = 102 * MAKER_SECOND;
}

static void execs(void)
{
	maker.process->how = HOW_EXEC;
}

static void inherited(void)
{
	producer->flags |= PRODUCER_INHERITED;
}

static void transaction_begun(void)
{
	producer->flags |= PRODUCER_TRANSACTIONAL;
	producer->transactions_begun = 1;
}

static void transaction_committed(void)
{
	transaction_begun();
	producer->transactions_committed = 1;
}

static void never_waited(void)
{
	producer->waited_for = 0;
}

static void nobody_saw_whether_it_waited(void)
{
	never_waited();
	producer->flags |= PRODUCER_WAITS_UNSEEN;
}

static void a_binding_holds_what_nobody_counts(void)
{
	producer->flags |= PRODUCER_ASYNCIO | PRODUCER_HELD_UNSEEN;
}

static void a_binding_holds_what_is_counted(void)
{
	producer->flags |= PRODUCER_ASYNCIO;
}

static struct trace_producer_more *is_flushing(uint64_t ended)
{
	struct trace_producer_more *more = maker_producer_more(&maker, producer);

	producer->flush_calls = 1;
	more->flush_began_ns = 101 * MAKER_SECOND;
	more->flush_ended = ended;
	return more;
}

static void ends_inside_flush(void)
{
	is_flushing(0);
}

static void ends_after_flush(void)
{
	is_flushing(1);
}

static void flush_is_left_by_an_exception(void)
{
	flush_gives_up();
	producer->flush_timeouts = 0;
	maker_producer_more(&maker, producer)->flush_left = 1;
}

static void reports_are_taken_in_a_way(uint32_t how)
{
	struct trace_producer_more *more = maker_producer_more(&maker, producer);

	producer->waited_for = 0;
	producer->flags |= PRODUCER_REPORTS;
	producer->reports_served = 1000;
	more->reports_other = 1000;
	more->other_how = how;
}

static void a_poller_takes_the_reports(void)
{
	reports_are_taken_in_a_way(REPORT_BINDING);
}

static void a_lucky_poll_takes_the_reports(void)
{
	reports_are_taken_in_a_way(REPORT_OWN_POLLING_ONCE);
}

static struct trace_producer_more *a_transaction_is_left_open(void)
{
	transaction_begun();
	return maker_producer_more(&maker, producer);
}

static void a_transaction_is_fenced(void)
{
	a_transaction_is_left_open()->transaction_error = -144;
}

static void a_transaction_meets_a_fatal_error(void)
{
	a_transaction_is_left_open()->fatal_error = 64;
}

static void a_transaction_is_just_left_open(void)
{
	a_transaction_is_left_open();
}

static void a_transaction_is_aborted(void)
{
	maker_producer_more(&maker, producer)->aborted_messages = 10;
}

static void a_transaction_is_aborted_and_done_again(void)
{
	struct trace_producer_more *more = maker_producer_more(&maker, producer);

	more->aborted_messages = more->committed_messages = 10;
}

static const struct story rows[] = {
	{"missing-flush", VERDICT_LOST, story_outstanding, story_as_it_is,
	 story_everything_arrives},
	{"exit-in-flight", VERDICT_AT_RISK, story_outstanding, story_all_in_flight,
	 story_everything_arrives},
	{"flush-timeout", VERDICT_LOST, story_outstanding, flush_gives_up, story_as_it_is},
	{"destroy-without-flush", VERDICT_LOST, story_outstanding, destroyed,
	 story_everything_arrives},
	{"killed-in-flight", VERDICT_LOST, story_outstanding, killed, story_as_it_is},
	{"exec-in-flight", VERDICT_LOST, story_outstanding, execs, story_as_it_is},
	{"produced-after-fork", VERDICT_LOST, story_outstanding, inherited, story_as_it_is},
	{"ended-in-flush", VERDICT_LOST, story_outstanding, ends_inside_flush,
	 ends_after_flush},
	{"flush-interrupted", VERDICT_LOST, story_outstanding, flush_is_left_by_an_exception,
	 flush_gives_up},
	{"waits-unproven", VERDICT_UNPROVEN, story_delivered, a_poller_takes_the_reports,
	 a_lucky_poll_takes_the_reports},
	{"fenced", VERDICT_LOST, story_delivered, a_transaction_is_fenced,
	 a_transaction_is_just_left_open},
	{"fatal-error", VERDICT_LOST, story_delivered, a_transaction_meets_a_fatal_error,
	 a_transaction_is_fenced},
	{"aborted-transaction", VERDICT_FAILED, story_delivered, a_transaction_is_aborted,
	 a_transaction_is_aborted_and_done_again},
	{"open-transaction", VERDICT_LOST, story_delivered, transaction_begun,
	 transaction_committed},
	{"racy-exit", VERDICT_RACY, story_delivered, never_waited, story_as_it_is},
	{"waits-unseen", VERDICT_BLIND, story_delivered, nobody_saw_whether_it_waited,
	 never_waited},
	{"held-unseen", VERDICT_BLIND, story_delivered, a_binding_holds_what_nobody_counts,
	 a_binding_holds_what_is_counted},
};

STORIES(producer);
