/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_held.c - messages that a binding holds leave in the order in which they
 * came, by topic and partition, each once, also if several threads take them.
 *
 * compiles: shim/account/held.c
 */
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "account/held.h"
#include "stop.h"
#include "testing.h"
#include "trace/map.h"

/* Of the ledger's state and the trace's only what held.c looks at. */
struct account_state *account_state;
struct trace_map *trace;
static struct trace_producer rows[2];
static struct trace_map map = {.producers = rows};

static int setup(void **state)
{
	(void)state;
	account_state = calloc(1, sizeof *account_state);
	assert_non_null(account_state);
	memset(rows, 0, sizeof rows);
	trace = &map;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(account_state);
	return 0;
}

static void add(uint32_t row, int32_t partition, uint32_t site, int times)
{
	while (times-- > 0)
		assert_true(held_add(producer_at(0), row, partition, site));
}

static uint32_t taken(uint32_t row, int32_t partition)
{
	uint32_t site;

	assert_true(held_take(producer_at(0), row, partition, &site));
	return site;
}

static void assert_none(uint32_t row, int32_t partition)
{
	uint32_t site;

	assert_false(held_take(producer_at(0), row, partition, &site));
}

static void the_oldest_of_a_partition_leaves_first(void **state)
{
	(void)state;
	add(3, -1, 10, 2);
	add(4, -1, 20, 1);
	add(3, -1, 11, 1);
	add(3, 5, 30, 1);
	add(3, -1, 10, 1);
	assert_int_equal(held_by(producer_at(0)), 6);
	assert_int_equal(taken(3, -1), 10);
	assert_int_equal(taken(3, -1), 10);
	assert_int_equal(taken(3, -1), 11);
	assert_int_equal(taken(3, -1), 10);
	assert_none(3, -1);
	assert_int_equal(taken(3, 5), 30);
	assert_none(4, 0);
	assert_int_equal(taken(4, -1), 20);
	assert_int_equal(held_by(producer_at(0)), 0);
}

static void the_youngest_leaves_first_when_the_list_is_given_up(void **state)
{
	uint32_t site;

	(void)state;
	add(3, -1, 10, 1);
	add(3, -1, 11, 1);
	assert_true(held_take_youngest(producer_at(0), 3, -1, &site));
	assert_int_equal(site, 11);
	assert_int_equal(taken(3, -1), 10);
}

static void a_destroyed_producer_holds_nothing_and_others_keep_theirs(void **state)
{
	uint32_t site;

	(void)state;
	add(3, -1, 10, 5);
	assert_true(held_add(producer_at(1), 3, -1, 12));
	held_forget(producer_at(0));
	assert_int_equal(held_by(producer_at(0)), 0);
	assert_none(3, -1);
	assert_true(held_take(producer_at(1), 3, -1, &site));
	assert_int_equal(site, 12);
}

/* Runs are used again: a long life costs no more than a short one. */
static void the_places_are_never_used_up_by_time(void **state)
{
	(void)state;
	for (uint32_t round = 0; round < 10 * ACCOUNT_HELD; round++) {
		add(round % 7, (int32_t)round % 3, round % 2, 2);
		taken(round % 7, (int32_t)round % 3);
		assert_int_equal(taken(round % 7, (int32_t)round % 3), round % 2);
	}
	assert_true(account_state->held_used <= 2);
}

static void too_many_lines_in_turns_cost_the_lines_and_no_message(void **state)
{
	uint32_t unknown = 0;

	(void)state;
	for (uint32_t i = 0; i < 2 * ACCOUNT_HELD; i++)
		add(3, -1, 1 + i % 2, 1);
	assert_true(rows[0].flags & PRODUCER_SITES_INEXACT);
	assert_int_equal(held_by(producer_at(0)), 2 * ACCOUNT_HELD);
	for (uint32_t i = 0; i < 2 * ACCOUNT_HELD; i++)
		unknown += taken(3, -1) == 0;
	assert_none(3, -1);
	assert_int_equal(unknown, ACCOUNT_HELD + 1);
}

static void a_partition_without_a_place_is_not_held(void **state)
{
	(void)state;
	for (int32_t i = 0; i < ACCOUNT_HELD; i++)
		add(3, i, 1, 1);
	assert_false(held_add(producer_at(0), 3, ACCOUNT_HELD, 1));
	assert_int_equal(held_by(producer_at(0)), ACCOUNT_HELD);
}

#define MESSAGES 200000
#define TAKERS 3

static uint32_t over;

static void *take_all(void *count)
{
	uint32_t site;

	for (;;) {
		bool last = __atomic_load_n(&over, __ATOMIC_ACQUIRE);

		if (held_take(producer_at(0), 3, -1, &site))
			++*(uint64_t *)count;
		else if (last)
			return NULL;
	}
}

static void each_message_is_taken_once_by_threads(void **state)
{
	pthread_t threads[TAKERS];
	uint64_t counts[TAKERS] = {0}, sum = 0;

	(void)state;
	over = 0;
	for (int i = 0; i < TAKERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, take_all, &counts[i]), 0);
	for (uint32_t i = 0; i < MESSAGES; i++)
		while (!held_add(producer_at(0), 3, -1, 1 + i / 7 % 5))
			;
	__atomic_store_n(&over, 1, __ATOMIC_RELEASE);
	for (int i = 0; i < TAKERS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		sum += counts[i];
	}
	assert_int_equal(sum, MESSAGES);
	assert_int_equal(held_by(producer_at(0)), 0);
}

#define ADDERS 3

static void *add_many(void *number)
{
	uint32_t site = 1 + (uint32_t)(uintptr_t)number;

	for (uint32_t i = 0; i < MESSAGES / ADDERS; i++)
		while (!held_add(producer_at(0), 3, -1, site + i / 5 % 2))
			;
	return NULL;
}

/* Free-threaded Python holds messages from several threads at once. */
static void threads_may_add_at_once(void **state)
{
	pthread_t adders[ADDERS], taker;
	uint64_t taken = 0;

	(void)state;
	over = 0;
	for (uintptr_t i = 0; i < ADDERS; i++)
		assert_int_equal(pthread_create(&adders[i], NULL, add_many, (void *)i), 0);
	assert_int_equal(pthread_create(&taker, NULL, take_all, &taken), 0);
	for (int i = 0; i < ADDERS; i++)
		assert_int_equal(pthread_join(adders[i], NULL), 0);
	__atomic_store_n(&over, 1, __ATOMIC_RELEASE);
	assert_int_equal(pthread_join(taker, NULL), 0);
	assert_int_equal(taken, MESSAGES / ADDERS * ADDERS);
	assert_int_equal(held_by(producer_at(0)), 0);
}

static bool another_was_added;

static void another_adds(void)
{
	another_was_added = held_add(producer_at(0), 3, -1, 20);
}

/* Both came to the same empty run: the slower one must see that it is not. */
static void two_that_begin_a_run_at_once_have_one_each(void **state)
{
	uint32_t sites[2];

	(void)state;
	stop_is_in_an_atomic_access();
	stop.first = stop_page(&account_state->held[0].state);
	stop.at_first = another_adds;
	stop_begin(PROT_READ);
	add(3, -1, 10, 1);
	stop_end();
	assert_true(another_was_added);
	assert_int_equal(held_by(producer_at(0)), 2);
	sites[0] = taken(3, -1);
	sites[1] = taken(3, -1);
	assert_int_equal(sites[0] + sites[1], 10 + 20);
	assert_none(3, -1);
}

#define HELD_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HELD_TEST(the_oldest_of_a_partition_leaves_first),
		HELD_TEST(the_youngest_leaves_first_when_the_list_is_given_up),
		HELD_TEST(a_destroyed_producer_holds_nothing_and_others_keep_theirs),
		HELD_TEST(the_places_are_never_used_up_by_time),
		HELD_TEST(too_many_lines_in_turns_cost_the_lines_and_no_message),
		HELD_TEST(a_partition_without_a_place_is_not_held),
		HELD_TEST(each_message_is_taken_once_by_threads),
		HELD_TEST(threads_may_add_at_once),
		HELD_TEST(two_that_begin_a_run_at_once_have_one_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
