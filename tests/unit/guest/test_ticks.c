/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ticks.c - the time from the processor's counter equals the clock's, and
 * a counter that cannot be trusted is not used.
 *
 * compiles: shim/guest/[a-z]*.c
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "guest/state.h"
#include "scratch.h"
#include "guest/ticks.h"
#include "testing.h"

/* What ticks.h promises is 20 us; a machine that stops between two looks at the
 * clock only widens the bracket in which the answer has to lie. */
#define OFF_NS 25000

#define NO_COUNTER "the processor has no counter to read, or one that never keeps still"

static int wake(void **state)
{
	if (scratch_make(state) != 0 || setenv("UNFLUSHED_DIR", scratch_path("traces"), 1) != 0)
		return -1;
	return guest_wake() == GUEST_AWAKE ? 0 : -1;
}

static void assert_right(struct guest_thread *self)
{
	int64_t before_ns = guest_now_ns();
	int64_t ns = ticks_now_ns(self);
	int64_t after_ns = guest_now_ns();

	assert_between(ns, before_ns - OFF_NS, after_ns + OFF_NS);
}

/* Until the counter is measured, and for a while after. */
static void measure(struct guest_thread *self)
{
	for (int i = 0; i < 200 && !self->ticks.good_for; i++) {
		usleep(1000);
		assert_right(self);
	}
}

static void it_is_the_clocks_time(void **state)
{
	struct guest_thread *self = guest_this_thread();

	(void)state;
	assert_right(self);
	measure(self);
	if (!self->ticks.good_for)
		skip_because(NO_COUNTER);
	for (int i = 0; i < 200; i++) {
		for (int j = 0; j < 500; j++)
			assert_right(self);
		usleep(1000);
	}
	assert_true(self->ticks.misses <= 3);
}

static void a_second_thread_need_not_measure(void **state)
{
	struct guest_thread *self = guest_this_thread();

	(void)state;
	measure(self);
	if (!self->ticks.good_for)
		skip_because(NO_COUNTER);
	self->ticks = (struct ticks){0}; /* as a new thread finds it */
	ticks_now_ns(self);
	assert_true(self->ticks.good_for > 0);
	assert_right(self);
}

static void a_rate_that_is_wrong_is_found_out(void **state)
{
	struct guest_thread *self = guest_this_thread();
	uint32_t misses;

	(void)state;
	measure(self);
	if (!self->ticks.good_for)
		skip_because(NO_COUNTER);
	misses = self->ticks.misses;
	self->ticks.rate += self->ticks.rate / 4;
	usleep(10000);
	/* Past the time it is good for: the clock is asked, and they are compared. */
	assert_right(self);
	assert_int_equal(self->ticks.misses, misses + 1);
	assert_int_equal(self->ticks.good_for, 0);
	measure(self);
	assert_true(self->ticks.good_for > 0);
	assert_right(self);
}

static void a_counter_that_keeps_being_wrong_is_given_up(void **state)
{
	struct guest_thread *self = guest_this_thread();

	(void)state;
	self->ticks = (struct ticks){.misses = UINT32_MAX};
	for (int i = 0; i < 50; i++) {
		usleep(1000);
		assert_right(self);
	}
	assert_int_equal(self->ticks.good_for, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_the_clocks_time),
		cmocka_unit_test(a_second_thread_need_not_measure),
		cmocka_unit_test(a_rate_that_is_wrong_is_found_out),
		cmocka_unit_test(a_counter_that_keeps_being_wrong_is_given_up),
	};

	return cmocka_run_group_tests(tests, wake, scratch_remove);
}
