/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_refused_many.c - refused messages are open until the same message is
 * accepted, in any order, from any thread, however similar the messages are.
 *
 * compiles: shim/account/refused.c
 */
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account/counts.h"
#include "account/refused.h"
#include "testing.h"
#include "trace/map.h"

/* Of the ledger's state and the trace's only what refused.c looks at. */
struct account_state *account_state;
struct trace_map *trace;
__thread struct guest_thread guest_thread;
uint32_t guest_generation;
static struct trace_producer rows[2];
static struct trace_producer_more rows_more[2];
static struct trace_map map = {.producers = rows, .producers_more = rows_more};
static uint64_t rejected;

uint32_t count_row(const struct account_producer *producer, const char *topic,
		   int32_t partition)
{
	(void)producer, (void)topic, (void)partition;
	return 0;
}

void count_in(uint32_t row, uint32_t site, enum trace_count kind, uint64_t messages,
	      uint64_t bytes)
{
	(void)row, (void)site, (void)kind, (void)bytes;
	__atomic_fetch_add(&rejected, messages, __ATOMIC_RELAXED);
}

/* The entry of an error: 0 of -184, 1 of any other. */
uint32_t count_error(struct account_producer *producer, int32_t code, enum trace_count kind,
		     uint64_t messages)
{
	(void)producer, (void)kind, (void)messages;
	return code == -184 ? 0 : 1;
}

void guest_thread_begin(void)
{
}

void writer_event(enum trace_event_kind kind, uint32_t object, int64_t a, int64_t b)
{
	(void)kind, (void)object, (void)a, (void)b;
}

static int setup(void **state)
{
	(void)state;
	account_state = calloc(1, sizeof *account_state);
	assert_non_null(account_state);
	memset(rows, 0, sizeof rows);
	memset(rows_more, 0, sizeof rows_more);
	rejected = 0;
	trace = &map;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(account_state);
	return 0;
}

static struct refused_message message_of(const void *value, uint64_t size)
{
	return (struct refused_message){.topic = "orders", .value = value, .value_size = size};
}

static void refuse_in(uint32_t batch, const void *value, uint64_t size)
{
	struct refused_message message = message_of(value, size);
	struct refused_mark mark = refused_mark(&message);

	mark.batch = batch;
	refused_add(producer_at(0), "orders", 0, size, -184, mark);
}

static void refuse(const char *value)
{
	refuse_in(0, value, strlen(value));
}

static void accept_bytes(const void *value, uint64_t size)
{
	struct refused_message message = message_of(value, size);

	if (refused_resembles(producer_at(0), 0, size) && refused_resembles_closer(&message))
		refused_accepted(producer_at(0), &message);
}

static void accept_text(const char *value)
{
	accept_bytes(value, strlen(value));
}

/* The law: messages that were not tried again are open, or could not be followed. */
static void assert_open(uint64_t messages)
{
	assert_int_equal(refused_open(producer_at(0)), messages);
	assert_int_equal(refused_open_any(), messages);
	assert_int_equal(rejected - rows[0].rejected_retried,
			 messages + rows_more[0].refused_lost_sight);
	assert_int_equal(rows_more[0].refused_retried[0] + rows_more[0].refused_retried[1],
			 rows[0].rejected_retried);
}

/* So many more may be missing. */
static uint64_t alike(void)
{
	return rows_more[0].refused_alike - rows_more[0].refused_settled;
}

static void many_are_known_again_in_any_order(void **state)
{
	enum { MANY = 40000 };
	char text[32];

	(void)state;
	for (int i = 0; i < MANY; i++) {
		snprintf(text, sizeof text, "message %d", i);
		refuse(text);
	}
	assert_open(MANY);
	for (int i = 0; i < MANY; i++) { /* 7 and MANY have no divisor in common */
		snprintf(text, sizeof text, "message %d", (int)((int64_t)i * 7 % MANY));
		accept_text(text);
	}
	assert_open(0);
	assert_int_equal(rows_more[0].refused_lost_sight, 0);
	assert_int_equal(alike(), 0);
	for (int i = 0; i < 256; i++)
		assert_int_equal(account_state->refused_lengths[i], 0);
	for (int i = 0; i < ACCOUNT_REFUSED_SAMPLES; i++)
		assert_int_equal(account_state->refused_samples[i], 0);
	for (int i = 0; i < ACCOUNT_REFUSED_FILES; i++)
		assert_int_equal(account_state->refused_files[i].entries, 0);
}

static void what_differs_in_the_middle_alone_is_another_message(void **state)
{
	char record[700];

	(void)state;
	memset(record, 'a', sizeof record);
	for (int i = 0; i < 300; i++) {
		memcpy(record + 310, &i, sizeof i);
		refuse_in(0, record, sizeof record);
	}
	for (int i = 1000; i < 2000; i++) {
		memcpy(record + 310, &i, sizeof i);
		accept_bytes(record, sizeof record);
	}
	assert_open(300);
}

static void one_refused_again_is_one_message(void **state)
{
	(void)state;
	refuse("a");
	refuse("a");
	refuse("b");
	assert_open(2);
	accept_text("a");
	accept_text("a");
	assert_open(1);
	refuse("a");
	assert_open(2);
}

static void equal_messages_of_a_batch_are_as_many(void **state)
{
	uint32_t first = refused_batch_begin(), second = refused_batch_begin();

	(void)state;
	for (int i = 0; i < 150; i++)
		refuse_in(first, "x", 1);
	assert_open(150);
	for (int i = 0; i < 100; i++)
		accept_text("x");
	for (int i = 0; i < 50; i++)
		refuse_in(second, "x", 1);
	assert_open(50);
	for (int i = 0; i < 50; i++)
		accept_text("x");
	assert_open(0);
}

/* Refused, accepted, refused: whether the second was tried again, and which, is not known. */
static void equal_ones_are_said_to_be_so(void **state)
{
	(void)state;
	refuse("x");
	refuse("x");
	assert_int_equal(alike(), 1); /* two messages, or one twice */
	accept_text("x");
	assert_int_equal(alike(), 0); /* one, as far as anybody can see */
	refuse("x");
	assert_int_equal(alike(), 2);
	assert_open(1);
	accept_text("x");
	assert_int_equal(alike(), 3);
	assert_open(0);
}

static void equal_ones_of_a_batch_are_said_to_be_so(void **state)
{
	uint32_t batch = refused_batch_begin();

	(void)state;
	refuse_in(batch, "x", 1);
	refuse_in(batch, "x", 1);
	accept_text("x");
	assert_int_equal(alike(), 1);
	assert_open(1);
}

/* on_send sees it before its partition is found wanting: it was never accepted. */
static void one_that_is_unrolled_is_the_one_before(void **state)
{
	struct refused_message message = message_of("x", 1);
	struct refused_mark mark = refused_mark(&message);

	(void)state;
	mark.unrolled = true;
	for (int i = 0; i < 3; i++) {
		accept_text("x");
		refused_add(producer_at(0), "orders", 0, 1, -190, mark);
	}
	assert_open(1);
	accept_text("x");
	assert_open(0);
	assert_int_equal(alike(), 0);
}

static void what_was_tried_again_is_known_by_error(void **state)
{
	struct refused_message message = message_of("x", 1);

	(void)state;
	refuse("x");
	refused_add(producer_at(0), "orders", 0, 1, 10, refused_mark(&message));
	assert_int_equal(rows_more[0].refused_retried[0], 1);
	assert_int_equal(rows_more[0].refused_retried[1], 0);
	accept_text("x");
	assert_int_equal(rows_more[0].refused_retried[1], 1);
	assert_open(0);
}

/* Those that were tried again are kept in the table, and make room where it is full. */
static void what_was_tried_again_takes_no_room(void **state)
{
	(void)state;
	for (int i = 0; i < 4 * ACCOUNT_REFUSED; i++) {
		refuse_in(0, &i, sizeof i);
		accept_bytes(&i, sizeof i);
	}
	assert_open(0);
	assert_int_equal(rows_more[0].refused_lost_sight, 0);
	assert_int_equal(alike(), 0);
}

/* A few words tell most messages from those that are open: an id at either end, too. */
static void an_id_in_head_or_tail_spares_the_reading(void **state)
{
	enum { SIZE = 1 << 20, MANY = 2 * REFUSED_VAIN_BYTES / SIZE };
	char *record = calloc(1, SIZE);

	(void)state;
	assert_non_null(record);
	for (int end = 0; end < 2; end++) {
		char *id = end ? record + SIZE - 40 : record + 20;

		memset(record, 'a', SIZE);
		refuse_in(0, record, SIZE);
		for (int i = 0; i < MANY; i++) {
			memcpy(id, &i, sizeof i);
			accept_bytes(record, SIZE);
		}
	}
	assert_open(1); /* both are the same message */
	assert_int_equal(rows_more[0].refused_lost_sight, 0);
	free(record);
}

static void more_than_fit_are_lost_from_sight(void **state)
{
	enum { MANY = ACCOUNT_REFUSED + 10000 };

	(void)state;
	for (int i = 0; i < MANY; i++)
		refuse_in(0, &i, sizeof i);
	assert_between(refused_open(producer_at(0)), 58000, ACCOUNT_REFUSED);
	assert_open(MANY - rows_more[0].refused_lost_sight);
}

static void one_that_is_never_tried_again_is_not_searched_for_ever(void **state)
{
	enum { SIZE = 1 << 20 };
	char *record = calloc(1, SIZE);

	(void)state;
	assert_non_null(record);
	refuse_in(0, record, SIZE);
	for (int i = 1; i <= 2 * (int)(REFUSED_VAIN_BYTES / SIZE); i++) {
		memcpy(record + SIZE / 5, &i, sizeof i);
		accept_bytes(record, SIZE);
	}
	assert_open(0);
	assert_int_equal(rows_more[0].refused_lost_sight, 1);
	assert_false(refused_resembles(producer_at(0), 0, SIZE));
	free(record);
}

static void a_closed_producer_is_forgotten(void **state)
{
	(void)state;
	refuse("a");
	refuse("b");
	refused_forget(producer_at(0));
	assert_int_equal(refused_open(producer_at(0)), 0);
	assert_int_equal(rejected - rows[0].rejected_retried, 2);
}

static void no_bytes_are_a_part_with_a_number(void **state)
{
	struct refused_message here = message_of(NULL, 77), there = message_of(NULL, 78);

	(void)state;
	refused_add(producer_at(0), "orders", 0, 0, -184, refused_mark(&here));
	refused_accepted(producer_at(0), &there);
	assert_open(1);
	refused_accepted(producer_at(0), &here);
	assert_open(0);
}

enum { THREADS = 60, EACH = 300 };

/* Each has messages of its own, all of which are refused twice and then taken. */
static void *refuse_and_retry(void *number)
{
	char text[64];
	int me = (int)(intptr_t)number;

	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < EACH; i++) {
			snprintf(text, sizeof text, "%d of %d in %d", i, me, round);
			refuse(text);
			refuse(text);
		}
		for (int i = EACH; i-- > 0;) {
			snprintf(text, sizeof text, "%d of %d in %d", i, me, round);
			accept_text(text);
		}
	}
	return NULL;
}

static void nothing_stays_open_among_many_threads(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	for (intptr_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, refuse_and_retry, (void *)i),
				 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(rejected, 2 * 5 * THREADS * EACH);
	assert_int_equal(rows_more[0].refused_lost_sight, 0);
	assert_open(0);
}

/* All have the same: each is refused and taken as often as its thread says. */
static void *refuse_and_retry_alike(void *number)
{
	(void)number;
	for (int i = 0; i < 5 * EACH; i++) {
		for (int refusals = 0; refusals < i % 3; refusals++)
			refuse("heartbeat");
		accept_text("heartbeat");
	}
	return NULL;
}

static void equal_ones_of_many_threads_leave_nothing_open(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	for (intptr_t i = 0; i < THREADS; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, refuse_and_retry_alike, (void *)i),
			0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(rejected, 5 * EACH * THREADS);
	assert_open(0);
	/* Two that meet may count one twice: who reads it takes no more than were tried again.
	 */
	assert_between(alike(), 1, rejected + rejected / 100);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(many_are_known_again_in_any_order),
		STORY(what_differs_in_the_middle_alone_is_another_message),
		STORY(one_refused_again_is_one_message),
		STORY(equal_messages_of_a_batch_are_as_many),
		STORY(equal_ones_are_said_to_be_so),
		STORY(equal_ones_of_a_batch_are_said_to_be_so),
		STORY(one_that_is_unrolled_is_the_one_before),
		STORY(what_was_tried_again_is_known_by_error),
		STORY(what_was_tried_again_takes_no_room),
		STORY(an_id_in_head_or_tail_spares_the_reading),
		STORY(more_than_fit_are_lost_from_sight),
		STORY(one_that_is_never_tried_again_is_not_searched_for_ever),
		STORY(a_closed_producer_is_forgotten),
		STORY(no_bytes_are_a_part_with_a_number),
		STORY(nothing_stays_open_among_many_threads),
		STORY(equal_ones_of_many_threads_leave_nothing_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
