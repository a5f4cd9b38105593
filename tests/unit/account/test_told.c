/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_told.c - what the last delivery report proves about a wait.
 *
 * compiles: shim/guest/[a-z]*.c shim/trace/[a-z]*.c shim/account/[a-z]*.c
 */
#include "account/told.h"

#include "account/waits.h"
#include "ledger.h"

static const struct told_where own_blocking = {.own = true, .timeout_ms = 100};
static const struct told_where own_polling = {.own = true};
static const struct told_where other_blocking = {.timeout_ms = 100};
static const struct told_where binding = {.binding = true, .own = true, .timeout_ms = 100};

static struct account_producer *served(uint64_t reports, const struct told_where *where)
{
	struct account_producer *producer = ledger_producer();

	producer_flags_set(producer, PRODUCER_REPORTS);
	ledger_produce(producer, 3);
	ledger_deliver(producer, 3);
	told_reports(producer, reports);
	told_served(producer, where);
	return producer;
}

static void test_the_last_report_in_a_call_that_can_block_is_a_wait(void **state)
{
	(void)state;
	assert_int_equal(producer_more(served(3, &own_blocking))->reports_waited, 3);
	assert_int_equal(producer_more(served(2, &own_blocking))->reports_waited, 0);
}

static void test_elsewhere_it_is_noted_how(void **state)
{
	(void)state;
	assert_int_equal(producer_more(served(3, &own_polling))->other_how,
			 REPORT_OWN_POLLING_ONCE);
	assert_int_equal(producer_more(served(3, &other_blocking))->other_how,
			 REPORT_OTHER_THREAD_BLOCKING);
	assert_int_equal(producer_more(served(3, &binding))->other_how, REPORT_BINDING);
	assert_int_equal(producer_more(served(3, &binding))->reports_waited, 0);
}

static void test_a_poll_that_left_some_makes_the_next_one_another_try(void **state)
{
	(void)state;
	struct account_producer *producer = served(2, &own_polling);

	told_polled(producer);
	told_reports(producer, 1);
	told_served(producer, &own_polling);
	assert_int_equal(producer_more(producer)->other_how, REPORT_OWN_POLLING_AGAIN);
	assert_int_equal(producer_more(producer)->reports_other, 3);
}

/* It waits elsewhere, for the client to wake it: on a descriptor, or by a callback. */
static void test_a_poll_of_one_that_is_woken_is_noted_as_that(void **state)
{
	(void)state;
	struct account_producer *producer = served(2, &own_polling);

	producer->wakes = true;
	told_reports(producer, 1);
	told_served(producer, &own_polling);
	assert_int_equal(producer_more(producer)->other_how, REPORT_WOKEN);
	told_served(producer, &own_blocking);
	assert_int_equal(producer_more(producer)->reports_waited, 3);
}

static void purge(struct account_producer *producer, bool by_wrapper)
{
	struct wait wait = wait_purge_begin(producer, by_wrapper);

	wait_purge_end(&wait, 3, 0, true);
}

static void test_a_report_of_what_a_wrapper_purged_is_no_wait(void **state)
{
	(void)state;
	struct account_producer *producer = served(2, &own_blocking);

	purge(producer, true);
	told_reports(producer, 1);
	told_served(producer, &own_blocking);
	assert_int_equal(producer_more(producer)->reports_waited, 0);
	assert_int_equal(producer_more(producer)->unproven_for, 3);
	assert_int_equal(producer_more(producer)->purges_wrapper, 1);
}

static void test_a_report_of_what_the_application_purged_is_one(void **state)
{
	(void)state;
	struct account_producer *producer = served(2, &own_blocking);

	purge(producer, false);
	told_reports(producer, 1);
	told_served(producer, &own_blocking);
	assert_int_equal(producer_more(producer)->reports_waited, 3);
	assert_int_equal(producer_more(producer)->purges_own, 1);
}

/* A wrapper's own purge is its last: one before it was the application's. */
static void test_the_last_purge_of_a_wrapper_is_its_own(void **state)
{
	(void)state;
	struct account_producer *producer = ledger_producer();
	const struct trace_producer_more *more = producer_more(producer);

	ledger_produce(producer, 3);
	purge(producer, true);
	assert_int_equal(more->purges_wrapper, 1);
	assert_int_equal(more->purges_own, 0);
	assert_int_equal(more->purge_found, 3);
	ledger_deliver(producer, 3);
	purge(producer, true);
	assert_int_equal(more->purges_wrapper, 1);
	assert_int_equal(more->purges_own, 1);
	assert_int_equal(more->purge_found, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_last_report_in_a_call_that_can_block_is_a_wait),
		cmocka_unit_test(test_elsewhere_it_is_noted_how),
		cmocka_unit_test(test_a_poll_that_left_some_makes_the_next_one_another_try),
		cmocka_unit_test(test_a_poll_of_one_that_is_woken_is_noted_as_that),
		cmocka_unit_test(test_a_report_of_what_a_wrapper_purged_is_no_wait),
		cmocka_unit_test(test_a_report_of_what_the_application_purged_is_one),
		cmocka_unit_test(test_the_last_purge_of_a_wrapper_is_its_own),
	};

	return cmocka_run_group_tests(tests, ledger_begin, scratch_remove);
}
