/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wait.c - stories of tools/judge/findings_wait.c: producers that left nothing, and might have.
 */
#include "judge/findings/story.h"

static void never_waited(void)
{
	producer->waited_for = 0;
}

static void nobody_saw_whether_it_waited(void)
{
	never_waited();
	producer->flags |= PRODUCER_WAITS_UNSEEN;
}

static void futures_of_its_messages_were_kept(void)
{
	nobody_saw_whether_it_waited();
	producer->client = CLIENT_KAFKA_CLIENTS;
}

static void a_binding_holds_what_nobody_counts(void)
{
	producer->flags |= PRODUCER_ASYNCIO | PRODUCER_HELD_UNSEEN;
}

static void a_binding_holds_what_is_counted(void)
{
	producer->flags |= PRODUCER_ASYNCIO;
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

static const struct story rows[] = {
	{"waits-unproven", VERDICT_UNPROVEN, story_delivered, a_poller_takes_the_reports,
	 a_lucky_poll_takes_the_reports},
	{"waits-unproven", VERDICT_UNPROVEN, story_delivered, futures_of_its_messages_were_kept,
	 nobody_saw_whether_it_waited},
	{"racy-exit", VERDICT_RACY, story_delivered, never_waited, story_as_it_is},
	{"waits-unseen", VERDICT_BLIND, story_delivered, nobody_saw_whether_it_waited,
	 never_waited},
	{"held-unseen", VERDICT_BLIND, story_delivered, a_binding_holds_what_nobody_counts,
	 a_binding_holds_what_is_counted},
};

STORIES(wait);
