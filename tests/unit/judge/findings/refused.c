/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refused.c - stories of tools/judge/findings_refused.c: messages that the client did not
 * accept, and its full queue.
 */
#include "judge/findings/story.h"

static void ten_are_refused(void)
{
	maker_count(&maker.topics[0].counts, COUNT_REJECTED, 10);
}

static void ten_are_refused_and_retried(void)
{
	ten_are_refused();
	producer->rejected_retried = 10;
}

static void ten_are_lost_from_sight(void)
{
	ten_are_refused();
	producer->rejected_retried = 8;
	maker_producer_more(&maker, producer)->refused_lost_sight = 2;
}

static void ten_are_alike(void)
{
	ten_are_refused_and_retried();
	maker_producer_more(&maker, producer)->refused_alike = 10;
}

static void one_of_ten_alike_is_left(void)
{
	ten_are_alike();
	producer->rejected_retried = 9;
}

/* A hundred reports wait, in a queue that has room for so many messages. */
static void leaves_reports(const char *configuration)
{
	producer->flags |= PRODUCER_REPORTS;
	producer->reports_served = 900;
	producer->configuration = maker_string(&maker, configuration);
}

static void leaves_reports_in_a_small_queue(void)
{
	leaves_reports("queue.buffering.max.messages=150\n");
}

static void leaves_reports_in_a_large_queue(void)
{
	leaves_reports("queue.buffering.max.messages=100000\n");
}

static void ten_find_the_queue_full(void)
{
	ten_are_refused_and_retried();
	producer->errors[0] =
		(struct trace_error){.code = -184, .count = COUNT_REJECTED, .messages = 10};
}

static void reports_wait_in_a_full_queue(void)
{
	leaves_reports("");
	ten_find_the_queue_full();
}

static void blocks_for_long(void)
{
	producer->blocked_ns = MAKER_SECOND;
}

static const struct story rows[] = {
	{"rejected-not-retried", VERDICT_AT_RISK, story_delivered, ten_are_refused,
	 ten_are_refused_and_retried},
	{"rejected-not-retried", VERDICT_AT_RISK, story_delivered, ten_are_lost_from_sight,
	 ten_are_alike},
	{"refused-alike", VERDICT_CLEAN, story_delivered, ten_are_alike,
	 ten_are_refused_and_retried},
	{"refused-alike", VERDICT_CLEAN, story_delivered, ten_are_alike,
	 one_of_ten_alike_is_left},
	{"poll-missing", VERDICT_CLEAN, story_delivered, leaves_reports_in_a_small_queue,
	 leaves_reports_in_a_large_queue},
	{"poll-missing", VERDICT_CLEAN, story_delivered, reports_wait_in_a_full_queue,
	 ten_find_the_queue_full},
	{"queue-filling", VERDICT_CLEAN, story_delivered, ten_find_the_queue_full,
	 ten_are_refused_and_retried},
	{"queue-filling", VERDICT_CLEAN, story_delivered, blocks_for_long,
	 reports_wait_in_a_full_queue},
};

STORIES(refused);
