/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_waits.c - which messages a wait covers, when its call is counted, and
 * for which producers it proves nothing.
 *
 * compiles: shim/guest/[a-z]*.c shim/trace/[a-z]*.c shim/account/[a-z]*.c
 */
#include "account/waits.h"

#include "account/pending.h"
#include "account/refused.h"
#include "ledger.h"

static void a_flush_covers_what_was_produced_before_it(void **state)
{
	struct account_producer *producer = ledger_producer();

	(void)state;
	ledger_produce(producer, 5);
	struct wait wait = wait_flush_begin(producer, 100, NULL);

	ledger_deliver(producer, 5);
	wait_flush_end(&wait, 0, WAIT_OF_BEFORE);
	assert_int_equal(producer_row(producer)->waited_for, 5);
	assert_int_equal(producer_row(producer)->waited_by, WAITED_FLUSH);
	assert_int_equal(producer_row(producer)->flush_result, 0);
}

/* kafka-python's flush waits for what there was; a callback may have sent more. */
static void what_came_during_a_flush_is_waited_for_by_a_client_that_drains(void **state)
{
	static const struct {
		enum wait_reach reach;
		uint64_t delivered, waited_for;
	} cases[] = {{WAIT_OF_BEFORE, 7, 5}, {WAIT_OF_ALL, 7, 7}, {WAIT_OF_ALL, 6, 5}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct account_producer *producer = ledger_producer();

		ledger_produce(producer, 5);
		struct wait wait = wait_flush_begin(producer, -1, NULL);

		ledger_produce(producer, 2);
		ledger_deliver(producer, cases[i].delivered);
		wait_flush_end(&wait, 0, cases[i].reach);
		assert_int_equal(producer_row(producer)->waited_for, cases[i].waited_for);
	}
}

static void a_flush_that_gives_up_is_a_timeout_and_no_wait(void **state)
{
	struct account_producer *producer = ledger_producer();

	(void)state;
	ledger_produce(producer, 5);
	struct wait wait = wait_flush_begin(producer, 1, NULL);

	wait_flush_end(&wait, -185, WAIT_OF_ALL);
	assert_int_equal(producer_row(producer)->flush_timeouts, 1);
	assert_int_equal(producer_row(producer)->flush_result, -185);
	assert_int_equal(producer_row(producer)->waited_for, 0);
}

/* It is no wait, and a purge after it is late; the next flush is another one. */
static void a_flush_that_is_left_is_neither_a_timeout_nor_a_wait(void **state)
{
	struct account_producer *producer = ledger_producer();
	char caller;

	(void)state;
	ledger_produce(producer, 5);
	struct wait wait = wait_flush_begin(producer, 1000, NULL);

	wait_flush_left(&wait, FLUSH_LEFT_EXCEPTION, TRACE_UNKNOWN);
	assert_int_equal(producer_row(producer)->flush_timeouts, 0);
	assert_int_equal(producer_row(producer)->waited_for, 0);
	assert_int_equal(producer_more(producer)->flush_ended, 1);
	assert_int_equal(producer_more(producer)->flush_left, 1);
	assert_int_equal(producer_more(producer)->flush_left_how, FLUSH_LEFT_EXCEPTION);
	wait = wait_purge_begin(producer, false);
	wait_purge_end(&wait, 3, 0, true);
	assert_int_equal(producer_more(producer)->purges_late, 1);
	wait = wait_flush_begin(producer, 1000, &caller);
	assert_int_equal(producer_more(producer)->flush_continued, 0);
	wait_flush_end(&wait, -185, WAIT_OF_ALL);
	assert_int_equal(producer_more(producer)->flush_left_how, FLUSH_NOT_LEFT);
}

/* A binding that cuts it up goes on after a yield, and answers for it at the end. */
static void a_flush_that_yields_and_goes_on_is_one(void **state)
{
	struct account_producer *producer = ledger_producer();
	char caller;

	(void)state;
	ledger_produce(producer, 5);
	for (int i = 0; i < 2; i++) {
		struct wait wait = wait_flush_begin(producer, 200, &caller);

		wait_flush_left(&wait, FLUSH_LEFT_YIELD, -185);
	}
	assert_int_equal(producer_row(producer)->flush_calls, 2);
	assert_int_equal(producer_more(producer)->flush_left, 2);
	assert_int_equal(producer_more(producer)->flush_left_continued, 1);
	assert_int_equal(producer_more(producer)->flush_continued, 0);
}

/* Drift: librdkafka's flush was counted when it returned, so one that the process died
 * in had never been called. */
static void a_flush_is_counted_when_it_is_called(void **state)
{
	struct account_producer *producer = ledger_producer();

	(void)state;
	wait_flush_begin(producer, -1, NULL);
	assert_int_equal(producer_row(producer)->flush_calls, 1);
	assert_int_equal(producer_row(producer)->flush_result, TRACE_UNKNOWN);
}

/* Drift: Java's flush took no time at all. */
static void how_long_a_flush_took_is_added_up(void **state)
{
	struct account_producer *producer = ledger_producer();
	struct wait wait = wait_flush_begin(producer, -1, NULL);

	(void)state;
	wait.began_ns -= 1000000000;
	wait_flush_end(&wait, 0, WAIT_OF_BEFORE);
	assert_between(producer_row(producer)->flush_waited_ns, 1000000000, 60000000000);
}

/* Drift: in a child that a callback forked inside flush(), librdkafka's and
 * kafka-python's flush ended with the parent's numbers. */
static void a_wait_of_the_parents_ends_nothing_in_the_child(void **state)
{
	struct account_producer *producer = ledger_producer();

	(void)state;
	ledger_produce(producer, 5);
	struct wait wait = wait_flush_begin(producer, -1, NULL);
	struct wait ending = wait_transaction_end_begin(producer, WAIT_COMMIT);

	wait.generation--;
	ending.generation--;
	wait_flush_end(&wait, 0, WAIT_OF_BEFORE);
	wait_transaction_end(&ending, WAIT_COMMIT, 0);
	wait_close_end(&wait, WAIT_CLOSE_DONE, true, true);
	assert_int_equal(producer_row(producer)->waited_for, 0);
	assert_int_equal(producer_row(producer)->transactions_committed, 0);
	assert_int_equal(producer_row(producer)->state, PRODUCER_OPEN);
}

/* Drift: Python's and Java's abort was called a commit. */
static void an_abort_discards_and_a_commit_waits(void **state)
{
	static const struct {
		enum wait_transaction which;
		enum trace_waited_by by;
	} cases[] = {{WAIT_COMMIT, WAITED_COMMIT}, {WAIT_ABORT, WAITED_ABORT}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct account_producer *producer = ledger_producer();

		wait_transaction_begun(producer);
		assert_true(producer_row(producer)->flags & PRODUCER_IN_TRANSACTION);
		ledger_produce(producer, 3);
		struct wait wait = wait_transaction_end_begin(producer, cases[i].which);

		assert_int_equal(producer->aborting, cases[i].which == WAIT_ABORT);
		wait_transaction_end(&wait, cases[i].which, 0);
		assert_int_equal(producer_row(producer)->waited_by, cases[i].by);
		assert_int_equal(producer_row(producer)->waited_for, 3);
		assert_false(producer_row(producer)->flags & PRODUCER_IN_TRANSACTION);
		assert_false(producer->aborting);
	}
}

/* What the last call returned, whichever it was: a commit that is tried again may succeed. */
static void the_last_call_about_transactions_is_noted(void **state)
{
	struct account_producer *producer = ledger_producer();
	const struct trace_producer_more *more = producer_more(producer);

	(void)state;
	wait_transaction_called(producer, TRANSACTION_SEND_OFFSETS, -144);
	assert_int_equal(more->transaction_error, -144);
	assert_int_equal(more->transaction_call, TRANSACTION_SEND_OFFSETS);
	assert_int_equal(producer_row(producer)->transaction_failures, 1);
	wait_transaction_begun(producer);
	assert_int_equal(more->transaction_error, 0);
	struct wait wait = wait_transaction_end_begin(producer, WAIT_COMMIT);

	assert_int_equal(more->transaction_ending, TRANSACTION_COMMIT);
	wait_transaction_end(&wait, WAIT_COMMIT, -185);
	assert_int_equal(more->transaction_ending, TRANSACTION_NONE);
	assert_int_equal(more->transaction_error, -185);
	assert_int_equal(more->transaction_call, TRANSACTION_COMMIT);
	wait_transaction_end(&wait, WAIT_COMMIT, 0);
	assert_int_equal(more->transaction_error, 0);
}

static void a_transaction_that_could_not_end_is_open(void **state)
{
	struct account_producer *producer = ledger_producer();

	(void)state;
	wait_transaction_begun(producer);
	struct wait wait = wait_transaction_end_begin(producer, WAIT_COMMIT);

	wait_transaction_end(&wait, WAIT_COMMIT, -150);
	assert_int_equal(producer_row(producer)->transaction_failures, 1);
	assert_true(producer_row(producer)->flags & PRODUCER_IN_TRANSACTION);
	assert_int_equal(producer_row(producer)->waited_by, WAITED_NOT);
}

/* Drift: kafka-python's close covered what was produced before it, though nothing can
 * be produced after it and all was done. */
static void a_close_that_leaves_nothing_is_a_wait_for_all(void **state)
{
	struct account_producer *producer = ledger_producer();

	(void)state;
	ledger_produce(producer, 5);
	struct wait wait = wait_close_begin(producer, 0, true);

	assert_int_equal(producer_row(producer)->state, PRODUCER_DESTROYING);
	ledger_produce(producer, 1);
	ledger_deliver(producer, 6);
	wait_close_end(&wait, WAIT_CLOSE_DONE, true, true);
	assert_int_equal(producer_row(producer)->waited_for, 6);
	assert_int_equal(producer_row(producer)->waited_by, WAITED_CLOSE);
	assert_int_equal(producer_row(producer)->state, PRODUCER_DESTROYED);
}

static void a_close_is_no_wait_if_it_leaves_messages_or_does_not_wait(void **state)
{
	static const struct {
		uint64_t delivered;
		bool waits;
	} cases[] = {{4, true}, {5, false}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct account_producer *producer = ledger_producer();

		ledger_produce(producer, 5);
		struct wait wait = wait_close_begin(producer, 0, true);

		ledger_deliver(producer, cases[i].delivered);
		wait_close_end(&wait, WAIT_CLOSE_DONE, true, cases[i].waits);
		assert_int_equal(producer_row(producer)->waited_for, 0);
	}
}

/* Drift: aiokafka's stop and kafka-python's close were noted again for one that was
 * closed, or left as it was. */
static void a_producer_is_closed_once(void **state)
{
	struct account_producer *producer = ledger_producer();
	struct wait wait = wait_close_begin(producer, 0, true);

	(void)state;
	wait_close_end(&wait, WAIT_CLOSE_FAILED, true, false);
	wait = wait_close_begin(producer, 0, true);
	assert_ptr_equal(wait.producer, producer);
	wait_close_end(&wait, WAIT_CLOSE_DONE, true, false);
	wait = wait_close_begin(producer, 0, true);
	assert_null(wait.producer);
}

static void partitions_that_are_all_asked_for_are_a_wait(void **state)
{
	struct account_producer *producer = ledger_producer();
	uint32_t rows[2] = {count_row(producer, "topic", 0), count_row(producer, "topic", 1)};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		count_sent(producer, rows[i], 0, 3, 30);
		pending_append(rows[i], 3);
		count_done(producer, rows[i], 0, COUNT_DELIVERED, 3, 30, 0);
		pending_settle(rows[i], 3);
	}
	wait_got(rows[0], 3);
	assert_int_equal(producer_row(producer)->waited_for, 0);
	wait_got(rows[1], 3);
	assert_int_equal(producer_row(producer)->waited_for, 6);
	assert_int_equal(producer_row(producer)->waited_by, WAITED_GET);
}

/* Three messages of partition 0, all delivered; their results were not asked for. */
static struct account_producer *three_delivered(void)
{
	struct account_producer *producer = ledger_producer();
	uint32_t row = ledger_produce(producer, 3);

	pending_append(row, 3);
	ledger_deliver(producer, 3);
	pending_settle(row, 3);
	return producer;
}

/* One more, of partition 1, which is asked for. */
static void one_more_is_got(struct account_producer *producer)
{
	uint32_t row = count_row(producer, "topic", 1);

	count_sent(producer, row, 0, 1, 10);
	pending_append(row, 1);
	count_done(producer, row, 0, COUNT_DELIVERED, 1, 10, 0);
	pending_settle(row, 1);
	wait_got(row, 1);
}

/* Drift: kafka-python's commit and close did not cover the partitions, so a get() of
 * the only later message was not a wait. */
static void what_a_commit_covered_need_not_be_asked_for(void **state)
{
	struct account_producer *producer = three_delivered();

	(void)state;
	wait_transaction_begun(producer);
	struct wait wait = wait_transaction_end_begin(producer, WAIT_COMMIT);

	wait_transaction_end(&wait, WAIT_COMMIT, 0);
	one_more_is_got(producer);
	assert_int_equal(producer_row(producer)->waited_for, 4);
}

/* A close that fails leaves the producer open. */
static void what_a_close_covered_need_not_be_asked_for(void **state)
{
	struct account_producer *producer = three_delivered();
	struct wait wait = wait_close_begin(producer, 0, true);

	(void)state;
	wait_close_end(&wait, WAIT_CLOSE_FAILED, true, true);
	one_more_is_got(producer);
	assert_int_equal(producer_row(producer)->waited_for, 4);
}

static void a_row_of_several_partitions_tells_nothing(void **state)
{
	struct account_producer *producer = ledger_producer();
	uint32_t row = count_row(producer, "topic", -1);

	(void)state;
	count_sent(producer, row, 0, 1, 10);
	pending_append(row, 1);
	wait_got(row, 1);
	assert_int_equal(producer_row(producer)->waited_for, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_flush_covers_what_was_produced_before_it),
		cmocka_unit_test(
			what_came_during_a_flush_is_waited_for_by_a_client_that_drains),
		cmocka_unit_test(a_flush_that_gives_up_is_a_timeout_and_no_wait),
		cmocka_unit_test(a_flush_is_counted_when_it_is_called),
		cmocka_unit_test(a_flush_that_is_left_is_neither_a_timeout_nor_a_wait),
		cmocka_unit_test(a_flush_that_yields_and_goes_on_is_one),
		cmocka_unit_test(the_last_call_about_transactions_is_noted),
		cmocka_unit_test(how_long_a_flush_took_is_added_up),
		cmocka_unit_test(a_wait_of_the_parents_ends_nothing_in_the_child),
		cmocka_unit_test(an_abort_discards_and_a_commit_waits),
		cmocka_unit_test(a_transaction_that_could_not_end_is_open),
		cmocka_unit_test(a_close_that_leaves_nothing_is_a_wait_for_all),
		cmocka_unit_test(a_close_is_no_wait_if_it_leaves_messages_or_does_not_wait),
		cmocka_unit_test(a_producer_is_closed_once),
		cmocka_unit_test(partitions_that_are_all_asked_for_are_a_wait),
		cmocka_unit_test(what_a_commit_covered_need_not_be_asked_for),
		cmocka_unit_test(what_a_close_covered_need_not_be_asked_for),
		cmocka_unit_test(a_row_of_several_partitions_tells_nothing),
	};

	return cmocka_run_group_tests(tests, ledger_begin, scratch_remove);
}
