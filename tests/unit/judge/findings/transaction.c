/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transaction.c - stories of tools/judge/findings_transaction.c: transactions that were not
 * committed.
 */
#include "judge/findings/story.h"

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

static void java_fails_to_initialise(int32_t error)
{
	struct trace_producer_more *more = maker_producer_more(&maker, producer);

	producer->client = CLIENT_KAFKA_CLIENTS;
	transaction_begun();
	more->transaction_call = TRANSACTION_INIT;
	more->transaction_error = error;
}

/* The client's own state was not yet fatal when the program ended. */
static void init_is_refused(void)
{
	java_fails_to_initialise(-1);
}

static void init_takes_too_long(void)
{
	java_fails_to_initialise(-185);
}

static void a_transaction_is_just_left_open(void)
{
	a_transaction_is_left_open();
}

static void its_commit_waits_in_vain(void)
{
	struct trace_producer_more *more = a_transaction_is_left_open();

	more->transaction_call = TRANSACTION_COMMIT;
	more->transaction_error = -185;
}

static void it_ends_inside_commit(void)
{
	a_transaction_is_left_open()->transaction_ending = TRANSACTION_COMMIT;
}

static void its_commit_is_refused(void)
{
	its_commit_waits_in_vain();
	maker_producer_more(&maker, producer)->transaction_error = 48;
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
	{"fenced", VERDICT_LOST, story_delivered, a_transaction_is_fenced,
	 a_transaction_is_just_left_open},
	{"fatal-error", VERDICT_LOST, story_delivered, a_transaction_meets_a_fatal_error,
	 a_transaction_is_fenced},
	{"fatal-error", VERDICT_LOST, story_delivered, init_is_refused, init_takes_too_long},
	{"aborted-transaction", VERDICT_FAILED, story_delivered, a_transaction_is_aborted,
	 a_transaction_is_aborted_and_done_again},
	{"open-transaction", VERDICT_LOST, story_delivered, transaction_begun,
	 transaction_committed},
	{"open-transaction", VERDICT_AT_RISK, story_delivered, its_commit_waits_in_vain,
	 transaction_committed},
	{"open-transaction", VERDICT_AT_RISK, story_delivered, it_ends_inside_commit,
	 transaction_committed},
	{"open-transaction", VERDICT_LOST, story_outstanding, it_ends_inside_commit,
	 transaction_committed},
	{"open-transaction", VERDICT_LOST, story_delivered, its_commit_is_refused,
	 transaction_committed},
	{"open-transaction", VERDICT_LOST, story_outstanding, its_commit_waits_in_vain,
	 transaction_committed},
};

STORIES(transaction);
