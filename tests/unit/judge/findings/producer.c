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
	{"open-transaction", VERDICT_LOST, story_delivered, transaction_begun,
	 transaction_committed},
	{"racy-exit", VERDICT_RACY, story_delivered, never_waited, story_as_it_is},
	{"waits-unseen", VERDICT_BLIND, story_delivered, nobody_saw_whether_it_waited,
	 never_waited},
	{"held-unseen", VERDICT_BLIND, story_delivered, a_binding_holds_what_nobody_counts,
	 a_binding_holds_what_is_counted},
};

STORIES(producer);
