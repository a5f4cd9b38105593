/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_refused.c - refused messages: which of them were offered again, and
 * which are still open.
 *
 * compiles: shim/guest/[a-z]*.c shim/trace/[a-z]*.c shim/account/[a-z]*.c
 */
#include "account/refused.h"

#include <pthread.h>
#include <string.h>

#include "account/waits.h"
#include "ledger.h"
#include "stop.h"

static struct refused_message message_of(const char *value)
{
	return (struct refused_message){
		.topic = "topic", .value = value, .value_size = strlen(value)};
}

static struct refused_mark mark_of(const char *value)
{
	struct refused_message message = message_of(value);

	return refused_mark(&message);
}

static void accept_text(struct account_producer *producer, const char *value)
{
	struct refused_message message = message_of(value);

	refused_accepted(producer, &message);
}

static void refuse(struct account_producer *producer, const char *value)
{
	refused_add(producer, "topic", 1, strlen(value), -184, mark_of(value));
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
	accept_text(producer, "one");
	accept_text(producer, "three");
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
	accept_text(producer, "one");
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
	accept_text(one, "one");
	assert_int_equal(refused_open_any(), before);
}

/* Drift: what a producer had refused when it was destroyed stayed open without end, so that
 * every later call of any producer looked for it. */
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
static void one_without_a_mark_is_never_tried_again(void **state)
{
	struct account_producer *producer = ledger_producer();

	(void)state;
	refused_add(producer, "topic", 0, 0, -184, (struct refused_mark){0});
	refused_add(producer, "topic", 0, 0, -184, (struct refused_mark){0});
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

static struct account_producer *accepts;

static void another_accepts_it(void)
{
	accept_text(accepts, "one");
}

/* The entry of the only message that is open. */
static struct account_refused *open_entry(void)
{
	for (uint32_t i = 0; i < ACCOUNT_REFUSED; i++)
		if (account_state->refused[i].word & 0x7fff) /* how many are open */
			return &account_state->refused[i];
	fail_msg("no message is open");
	return NULL;
}

/* Drift: kafka-python's table needed Python's lock. */
static void one_that_two_accept_at_once_was_tried_again_once(void **state)
{
	(void)state;
	stop_is_in_an_atomic_access();
	assert_int_equal(refused_open_any(), 0);
	accepts = ledger_producer();
	refuse(accepts, "one");
	stop.first = stop_page(open_entry());
	stop.at_first = another_accepts_it;
	stop_begin(PROT_READ);
	accept_text(accepts, "one");
	stop_end();
	assert_int_equal(retried(accepts), 1);
	assert_int_equal(refused_open(accepts), 0);
	assert_int_equal(refused_open_any(), 0);
}

#define THREADS 4
#define ROUNDS 100000

static pthread_barrier_t all_are_there;

static void threads_run(void *(*body)(void *), void *of)
{
	pthread_t threads[THREADS];

	assert_int_equal(pthread_barrier_init(&all_are_there, NULL, THREADS), 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, body, of), 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	pthread_barrier_destroy(&all_are_there);
}

static void *refuse_and_retry(void *of)
{
	struct account_producer *producer = of;

	pthread_barrier_wait(&all_are_there);
	for (uint32_t i = 0; i < ROUNDS; i++) {
		struct refused_message message = {.topic = "topic",
						  .value_size = (uintptr_t)&message + i % 2};

		refused_add(producer, "topic", 0, 1, -184, refused_mark(&message));
		refused_accepted(producer, &message);
	}
	return NULL;
}

static void threads_may_refuse_at_once(void **state)
{
	struct account_producer *producer = ledger_producer();

	(void)state;
	threads_run(refuse_and_retry, producer);
	assert_int_equal(counts_of(producer, COUNT_REJECTED), THREADS * ROUNDS);
	assert_int_equal(retried(producer), THREADS * ROUNDS);
	assert_int_equal(refused_open(producer), 0);
}

static void *refuse_and_retry_equal(void *of)
{
	pthread_barrier_wait(&all_are_there);
	for (uint32_t i = 0; i < ROUNDS; i++) {
		refuse(of, "one");
		accept_text(of, "one");
	}
	return NULL;
}

/* How many of them are open is a race, but never which is tried again twice. */
static void threads_may_refuse_equal_messages_at_once(void **state)
{
	struct account_producer *producer = ledger_producer();
	uint32_t before = refused_open_any();

	(void)state;
	threads_run(refuse_and_retry_equal, producer);
	assert_int_equal(counts_of(producer, COUNT_REJECTED), THREADS * ROUNDS);
	assert_int_equal(retried(producer) + refused_open(producer), THREADS * ROUNDS);
	while (refused_open(producer)) {
		uint32_t left = refused_open(producer);

		accept_text(producer, "one");
		assert_int_equal(refused_open(producer), left - 1);
	}
	assert_int_equal(retried(producer), THREADS * ROUNDS);
	assert_int_equal(refused_open_any(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_two_accept_at_once_was_tried_again_once),
		cmocka_unit_test(one_that_is_accepted_later_was_tried_again),
		cmocka_unit_test(one_that_is_refused_twice_is_one_message),
		cmocka_unit_test(what_is_open_is_known_of_each_producer_and_of_all),
		cmocka_unit_test(a_closed_producer_has_nothing_open),
		cmocka_unit_test(one_without_a_mark_is_never_tried_again),
		cmocka_unit_test(a_refused_message_has_a_line_and_bytes),
		cmocka_unit_test(threads_may_refuse_at_once),
		cmocka_unit_test(threads_may_refuse_equal_messages_at_once),
	};

	return cmocka_run_group_tests(tests, ledger_begin, scratch_remove);
}
