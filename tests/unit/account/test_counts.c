/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_counts.c - the law of messages at every instant, and rows that several
 * producers share.
 *
 * compiles: shim/guest/[a-z]*.c shim/trace/[a-z]*.c shim/account/[a-z]*.c
 */
#include "account/counts.h"

#include <pthread.h>

#include "account/waits.h"
#include "ledger.h"
#include "stop.h"

#define THREADS 4
#define ROUNDS 20000

static uint32_t running;

/* Produces and ends its own messages, from two lines in turns. */
static void *produce_and_end(void *of)
{
	static const enum trace_count ends[] = {COUNT_DELIVERED, COUNT_UNCONFIRMED,
						COUNT_FAILED, COUNT_PURGED};
	struct account_producer *producer = of;
	uint32_t enters = count_row(producer, "topic", -1);
	uint32_t leaves = count_row(producer, "topic", 0);

	for (uint32_t i = 0; i < ROUNDS; i++) {
		count_sent(producer, enters, 1 + i % 2, 2, 20);
		count_done(producer, leaves, 1 + i % 2, ends[i % 4], 2, 20, -192);
	}
	__atomic_fetch_sub(&running, 1, __ATOMIC_RELEASE);
	return NULL;
}

static void outstanding_is_never_negative_while_threads_count(void **state)
{
	struct account_producer *producer = ledger_producer();
	pthread_t threads[THREADS];

	(void)state;
	running = THREADS;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, produce_and_end, producer),
				 0);
	while (__atomic_load_n(&running, __ATOMIC_ACQUIRE))
		assert_between(counts_outstanding(producer), 0, 2 * THREADS * ROUNDS);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(counts_produced(producer), 2 * THREADS * ROUNDS);
	assert_int_equal(counts_done(producer), 2 * THREADS * ROUNDS);
	assert_int_equal(counts_of(producer, COUNT_FAILED), THREADS * ROUNDS / 2);
	assert_int_equal(producer_row(producer)->errors[0].messages, THREADS * ROUNDS / 2);
}

/* ---- stopped in the middle ---- */

static struct account_producer *walked;
static uint32_t walked_row;
static int walks;

static void two_more_are_delivered(void)
{
	walks++;
	count_sent(walked, walked_row, 0, 2, 20);
	count_done(walked, walked_row, 0, COUNT_DELIVERED, 2, 20, 0);
}

/* A new row of the producer that lies in one page, and not in this one. A walk comes to
 * the rows that were made last first. */
static uint32_t row_apart(const struct account_producer *producer, const char *other)
{
	for (int32_t partition = 0;; partition++) {
		uint32_t row = count_row(producer, other ? "first" : "second", partition);
		const struct trace_topic *at = &trace->topics[row];
		char *page = stop_page(at);

		if (page != other && page == stop_page((const char *)(at + 1) - 1))
			return row;
	}
}

/* Drift: close() and stop() read what was produced first: what was produced and
 * delivered in between made outstanding negative. */
static void outstanding_is_never_negative_between_its_sums(void **state)
{
	(void)state;
	walks = 0;
	walked = ledger_producer();
	stop.second = stop_page(&trace->topics[row_apart(walked, NULL)]);
	walked_row = row_apart(walked, stop.second);
	stop.first = stop_page(&trace->topics[walked_row]);
	stop.at_first = NULL;
	stop.at_second = two_more_are_delivered;
	stop_begin(PROT_NONE);
	uint64_t outstanding = counts_outstanding(walked);

	stop_end();
	assert_true(walks >= 2); /* each sum is a walk, and was stopped */
	assert_true(outstanding <= 2 * (uint64_t)walks);
	assert_int_equal(counts_outstanding(walked), 0);
}

static struct account_producer *signalled;
static uint32_t signalled_row;

static void count_in_handler(void)
{
	count_in(signalled_row, 1, COUNT_SENT, 1, 1);
}

/* Drift: Python's and Java's counts did not say that they were at work, so that a
 * handler would have added to the very cell that it had interrupted. */
static void a_signal_handler_may_interrupt_any_count(void **state)
{
	struct trace_cell *cell;

	(void)state;
	signalled = ledger_producer();
	signalled_row = count_row(signalled, "topic", 0);
	cell = writer_cell(signalled_row, 1);
	stop.first = stop_page(&cell->counts);
	stop.second = NULL;
	stop.at_first = count_in_handler;
	stop_begin(PROT_NONE);
	count_in(signalled_row, 1, COUNT_SENT, 1, 1);
	stop_end();
	assert_int_equal(cell->counts.messages[COUNT_SENT], 1);
	assert_int_equal(trace->topics[signalled_row].counts.messages[COUNT_SENT], 1);
	assert_int_equal(counts_produced(signalled), 2);
}

/* ---- what no request can hold ---- */

static void a_mark_notes_what_came_after_the_last_request(void **state)
{
	struct account_producer *producer = ledger_producer();
	uint32_t row = count_row(producer, "topic", -1);
	const struct trace_cell *cell;

	(void)state;
	count_sent(producer, row, 1, 500, 500);
	cell = writer_cell(row, 1);
	assert_int_equal(cell->mark, trace->process->produce_written + 1);
	assert_int_equal(cell->mark_sent, 0);
	trace->process->produce_written++;
	assert_int_not_equal(cell->mark, trace->process->produce_written + 1);
	count_sent(producer, row, 1, 10, 10);
	count_sent(producer, row, 1, 5, 5);
	assert_int_equal(cell->mark, trace->process->produce_written + 1);
	assert_int_equal(cell->mark_sent, 500);
	assert_int_equal(cell->counts.messages[COUNT_SENT], 515);
	/* Its end is no message that was produced. */
	trace->process->produce_written++;
	count_done(producer, row, 1, COUNT_DELIVERED, 500, 500, 0);
	assert_int_equal(cell->mark, trace->process->produce_written);
}

/* An answer of the broker's says that it has not got them, a time-out says nothing. */
static void what_failed_without_an_answer_may_be_there(void **state)
{
	static const struct {
		int32_t error;
		bool maybe;
	} ends[] = {{10, false}, {7, true}, {20, true}, {-185, true}, {29, false}, {46, true}};
	struct account_producer *producer = ledger_producer();
	uint32_t row = ledger_produce(producer, 100);
	uint64_t maybe = 0;

	(void)state;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		count_done(producer, row, 0, COUNT_FAILED, 2, 20, ends[i].error);
		maybe += ends[i].maybe ? 2 : 0;
		assert_int_equal(producer_more(producer)->failed_maybe, maybe);
	}
	count_done(producer, row, 0, COUNT_DELIVERED, 2, 20, 0);
	assert_int_equal(producer_more(producer)->failed_maybe, maybe);
	assert_int_equal(producer_more(producer)->purged_maybe, 0);
}

/* ---- more producers than rows ---- */

static struct account_producer *shared_row(void)
{
	struct account_producer *producer;

	do
		producer = ledger_producer();
	while (!producer_is_shared(producer));
	return producer;
}

/* Drift: of Python's and Java's producers beyond the last row it was not said that their
 * waits are unseen: correct programs were called racy. */
static void who_shares_a_row_is_not_accused(void **state)
{
	struct account_producer *producer = shared_row();

	(void)state;
	assert_true(producer_row(producer)->flags & PRODUCER_WAITS_UNSEEN);
	producer_flags_clear(producer, PRODUCER_WAITS_UNSEEN);
	assert_true(producer_row(producer)->flags & PRODUCER_WAITS_UNSEEN);
	ledger_produce(producer, 1);
	ledger_deliver(producer, 1);
	struct wait wait = wait_flush_begin(producer, -1, NULL);

	wait_flush_end(&wait, 0, WAIT_OF_BEFORE);
	assert_int_equal(producer_row(producer)->waited_for, 0);
}

/* Drift: the first one of them that was closed closed it for all. */
static void who_closes_does_not_close_it_for_the_others(void **state)
{
	struct account_producer *producer = shared_row();
	struct wait wait = wait_close_begin(producer, 0, true);

	(void)state;
	assert_null(wait.producer);
	assert_false(producer->destroying);
	wait_close_end(&wait, WAIT_CLOSE_DONE, true, true);
	assert_int_equal(producer_row(producer)->state, PRODUCER_OPEN);
	wait_transaction_end_begin(producer, WAIT_ABORT);
	assert_false(producer->aborting);
}

/* Its memory was freed: the call that closes it has not come that far, or it was never
 * closed. */
static void an_address_that_comes_again_is_the_new_ones(void **state)
{
	struct account_producer *gone = ledger_producer();
	const void *address = gone->owner;
	struct account_producer *made = producer_open(&(struct producer_facts){
		.owner = address, .client = CLIENT_LIBRDKAFKA, .acks = 1});

	(void)state;
	assert_ptr_not_equal(made, gone);
	assert_ptr_equal(producer_find(address), made);
	ledger_produce(gone, 1);
	producer_settle(gone);
	assert_ptr_equal(producer_find(address), made);
}

static void an_unknown_owner_is_of_the_shared_row_once_there_is_one(void **state)
{
	struct account_producer *producer = shared_row();
	int nobody;

	(void)state;
	assert_null(producer_find(&nobody));
	assert_ptr_equal(producer_find_any(&nobody), producer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outstanding_is_never_negative_while_threads_count),
		cmocka_unit_test(outstanding_is_never_negative_between_its_sums),
		cmocka_unit_test(a_signal_handler_may_interrupt_any_count),
		cmocka_unit_test(a_mark_notes_what_came_after_the_last_request),
		cmocka_unit_test(what_failed_without_an_answer_may_be_there),
		cmocka_unit_test(an_address_that_comes_again_is_the_new_ones),
		cmocka_unit_test(who_shares_a_row_is_not_accused),
		cmocka_unit_test(who_closes_does_not_close_it_for_the_others),
		cmocka_unit_test(an_unknown_owner_is_of_the_shared_row_once_there_is_one),
	};

	return cmocka_run_group_tests(tests, ledger_begin, scratch_remove);
}
