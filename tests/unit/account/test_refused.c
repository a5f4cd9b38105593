/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_refused.c - refused messages: which of them were offered again, and what is open.
 *
 * compiles: shim/guest/[a-z]*.c shim/trace/[a-z]*.c shim/account/[a-z]*.c
 */
#include "account/refused.h"

#include <pthread.h>
#include <string.h>

#include "account/waits.h"
#include "ledger.h"

static uint64_t print_of(const char *value)
{
	return refused_print_end(
		refused_print_bytes(refused_print_begin(), value, strlen(value)));
}

static void refuse(struct account_producer *producer, const char *value)
{
	refused_add(producer, "topic", 1, strlen(value), -184, print_of(value));
}

static uint64_t retried(const struct account_producer *producer)
{
	return producer_row(producer)->rejected_retried;
}

static void one_that_is_accepted_later_was_tried_again(void **state)
{
	struct account_producer *producer = ledger_producer();

	(void)state;
	refuse(producer, "one");
	refuse(producer, "two");
	refused_retried(producer, print_of("one"));
	refused_retried(producer, print_of("three"));
	assert_int_equal(counts_of(producer, COUNT_REJECTED), 2);
	assert_int_equal(retried(producer), 1);
	assert_int_equal(refused_open(producer), 1);
}

static void one_that_is_refused_twice_is_one_message(void **state)
{
	struct account_producer *producer = ledger_producer();

	(void)state;
	refuse(producer, "one");
	refuse(producer, "one");
	assert_int_equal(counts_of(producer, COUNT_REJECTED) - retried(producer), 1);
	refused_retried(producer, print_of("one"));
	assert_int_equal(counts_of(producer, COUNT_REJECTED) - retried(producer), 0);
	assert_int_equal(refused_open(producer), 0);
}

/* Drift: only Java's table counted what is open for each producer. */
static void what_is_open_is_known_of_each_producer_and_of_all(void **state)
{
	struct account_producer *one = ledger_producer(), *other = ledger_producer();
	uint32_t before = refused_open_any();

	(void)state;
	refuse(one, "one");
	assert_int_equal(refused_open(one), 1);
	assert_int_equal(refused_open(other), 0);
	assert_int_equal(refused_open_any(), before + 1);
	refused_retried(one, print_of("one"));
	assert_int_equal(refused_open_any(), before);
}

/* Drift: what a producer had refused when it was destroyed stayed open for ever, so
 * that every later call of any producer looked for it. */
static void a_closed_producer_has_nothing_open(void **state)
{
	struct account_producer *producer = ledger_producer();
	uint32_t before = refused_open_any();

	(void)state;
	refuse(producer, "one");
	struct wait wait = wait_close_begin(producer, 0, true);

	wait_close_end(&wait, WAIT_CLOSE_DONE, true, false);
	assert_int_equal(refused_open(producer), 0);
	assert_int_equal(refused_open_any(), before);
	assert_int_equal(counts_of(producer, COUNT_REJECTED) - retried(producer), 1);
}

/* Drift: Java took a record that it had not seen for one that was refused before. */
static void one_without_a_print_is_never_tried_again(void **state)
{
	struct account_producer *producer = ledger_producer();

	(void)state;
	refused_add(producer, "topic", 0, 0, -184, 0);
	refused_add(producer, "topic", 0, 0, -184, 0);
	assert_int_equal(retried(producer), 0);
	assert_int_equal(refused_open(producer), 0);
}

/* Drift: only librdkafka's refused messages had a line and bytes. */
static void a_refused_message_has_a_line_and_bytes(void **state)
{
	struct account_producer *producer = ledger_producer();

	(void)state;
	refuse(producer, "four");
	struct trace_cell *cell = writer_cell(count_row(producer, "topic", -1), 1);

	assert_int_equal(cell->counts.messages[COUNT_REJECTED], 1);
	assert_int_equal(cell->counts.bytes[COUNT_REJECTED], 4);
}

static void more_than_can_be_kept_stay_never_tried_again(void **state)
{
	struct account_producer *producer = ledger_producer();
	char value[] = "0000";

	(void)state;
	for (int i = 0; i < ACCOUNT_REFUSED + 5; i++) {
		value[0] = (char)('A' + i);
		refuse(producer, value);
	}
	for (int i = 0; i < ACCOUNT_REFUSED + 5; i++) {
		value[0] = (char)('A' + i);
		refused_retried(producer, print_of(value));
	}
	assert_int_equal(counts_of(producer, COUNT_REJECTED) - retried(producer), 5);
	assert_int_equal(refused_open(producer), 0);
}

/* Both ends and the size; equal texts are equal wherever they lie. */
static void a_print_is_of_what_a_message_says(void **state)
{
	char one[2000], other[2000];

	(void)state;
	memset(one, 'a', sizeof one);
	memset(other, 'a', sizeof other);
	uint64_t begin = refused_print_begin();
	uint64_t print = refused_print_bytes(begin, one, sizeof one);

	assert_true(print == refused_print_bytes(begin, other, sizeof other));
	assert_true(print != refused_print_bytes(begin, other, sizeof other - 1));
	other[0] = 'b';
	assert_true(print != refused_print_bytes(begin, other, sizeof other));
	other[0] = 'a';
	other[sizeof other - 1] = 'b';
	assert_true(print != refused_print_bytes(begin, other, sizeof other));
}

#define THREADS 4
#define ROUNDS 20000

static void *refuse_and_retry(void *of)
{
	struct account_producer *producer = of;

	for (uint32_t i = 0; i < ROUNDS; i++) {
		uint64_t print = refused_print_end(
			refused_print_number(refused_print_begin(), (uintptr_t)&print + i % 2));

		refused_add(producer, "topic", 0, 1, -184, print);
		refused_retried(producer, print);
	}
	return NULL;
}

/* Drift: kafka-python's table needed Python's lock. */
static void threads_may_refuse_at_once(void **state)
{
	struct account_producer *producer = ledger_producer();
	pthread_t threads[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, refuse_and_retry, producer),
				 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(counts_of(producer, COUNT_REJECTED), THREADS * ROUNDS);
	assert_int_equal(retried(producer), THREADS * ROUNDS);
	assert_int_equal(refused_open(producer), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_is_accepted_later_was_tried_again),
		cmocka_unit_test(one_that_is_refused_twice_is_one_message),
		cmocka_unit_test(what_is_open_is_known_of_each_producer_and_of_all),
		cmocka_unit_test(a_closed_producer_has_nothing_open),
		cmocka_unit_test(one_without_a_print_is_never_tried_again),
		cmocka_unit_test(a_refused_message_has_a_line_and_bytes),
		cmocka_unit_test(more_than_can_be_kept_stay_never_tried_again),
		cmocka_unit_test(a_print_is_of_what_a_message_says),
		cmocka_unit_test(threads_may_refuse_at_once),
	};

	return cmocka_run_group_tests(tests, ledger_begin, scratch_remove);
}
