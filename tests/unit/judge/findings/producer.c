/* SPDX-License-Identifier: Apache-2.0 */
/*
 * producer.c - stories of tools/judge/findings_producer.c: producers with
 * outstanding messages at their end.
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

static void refused_with(int32_t error)
{
	inherited();
	maker_count(&maker.topics[0].counts, COUNT_REJECTED, 4);
	producer->errors[0] =
		(struct trace_error){.code = error, .count = COUNT_REJECTED, .messages = 4};
}

static void inherited_and_refused(void)
{
	refused_with(-185);
}

static void refused_for_its_size(void)
{
	refused_with(10);
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
	producer->produced_last_ns = 101 * MAKER_SECOND + 1;
}

static void flush_is_left_by_an_exception(void)
{
	flush_gives_up();
	producer->flush_timeouts = 0;
	maker_producer_more(&maker, producer)->flush_left = 1;
	maker_producer_more(&maker, producer)->flush_left_how =
		FLUSH_LEFT_EXCEPTION | FLUSH_LEFT_DELIVERY;
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
	{"produced-after-fork", VERDICT_AT_RISK, story_delivered, inherited_and_refused,
	 refused_for_its_size},
	{"ended-in-flush", VERDICT_LOST, story_outstanding, ends_inside_flush,
	 ends_after_flush},
	{"flush-interrupted", VERDICT_LOST, story_outstanding, flush_is_left_by_an_exception,
	 flush_gives_up},
};

STORIES(producer);
