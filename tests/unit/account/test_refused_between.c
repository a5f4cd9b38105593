/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_refused_between.c - what another thread does between any two
 * instructions of a refusal, or of the call that accepts a message, leaves no
 * refused message open.
 *
 * Threads that meet by chance do so once in many thousand times, and on a busy
 * machine never. Here the processor stops after each instruction of a call (the
 * trap flag), and after one of them the handler makes the whole other call:
 * each place is tried once.
 *
 * compiles: shim/account/refused.c
 */
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include "account/counts.h"
#include "account/refused.h"
#include "testing.h"
#include "trace/map.h"

/* Of the ledger's state and the trace's only what refused.c looks at. */
struct account_state *account_state;
struct trace_map *trace;
__thread struct guest_thread guest_thread;
uint32_t guest_generation;
static struct trace_producer rows[1];
static struct trace_producer_more rows_more[1];
static struct trace_map map = {.producers = rows, .producers_more = rows_more};

uint32_t count_row(const struct account_producer *producer, const char *topic,
		   int32_t partition)
{
	(void)producer, (void)topic, (void)partition;
	return 0;
}

void count_in(uint32_t row, uint32_t site, enum trace_count kind, uint64_t messages,
	      uint64_t bytes)
{
	(void)row, (void)site, (void)kind, (void)messages, (void)bytes;
}

/* The last call of another file's before a refusal comes to the table. */
static void table_follows(void);

uint32_t count_error(struct account_producer *producer, int32_t code, enum trace_count kind,
		     uint64_t messages)
{
	(void)producer, (void)code, (void)kind, (void)messages;
	table_follows();
	return 0;
}

void guest_thread_begin(void)
{
}

void writer_event(enum trace_event_kind kind, uint32_t object, int64_t a, int64_t b)
{
	(void)kind, (void)object, (void)a, (void)b;
}

static void begin_anew(void)
{
	free(account_state);
	account_state = calloc(1, sizeof *account_state);
	assert_non_null(account_state);
	memset(rows, 0, sizeof rows);
	memset(rows_more, 0, sizeof rows_more);
	trace = &map;
}

/* Short, for what it is known by is not what is tried here: each instruction is a signal. */
static const struct refused_message beat = {.value = "beat", .value_size = 4};

static void refuse(void)
{
	refused_add(producer_at(0), "", 0, 4, -184, refused_mark(&beat));
}

static void accept(void)
{
	refused_accepted(producer_at(0), &beat);
}

/* ---- step by step ---- */

#if defined(__x86_64__)

#define TRAP_FLAG 0x100

typedef void call_fn(void);

static struct {
	call_fn *call; /* made after so many instructions; NULL once it was */
	long after;
} other;

static inline void trap_flag_set(void)
{
	__asm__ volatile("pushfq; orq %0, (%%rsp); popfq" ::"i"(TRAP_FLAG) : "memory", "cc");
}

static inline void trap_flag_clear(void)
{
	__asm__ volatile("pushfq; andq %0, (%%rsp); popfq" ::"i"(~TRAP_FLAG) : "memory", "cc");
}

/* What a refusal does before is its own. */
static void table_follows(void)
{
	if (other.call)
		trap_flag_set();
}

/* The flag is clear in here, and where the host goes on once the other call was made. */
static void stepped(int number, siginfo_t *info, void *context)
{
	(void)number, (void)info;
	if (other.after-- > 0)
		return;
	call_fn *call = other.call;

	other.call = NULL;
	((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] &= ~TRAP_FLAG;
	call();
}

/* Makes a call, and the other between two of its instructions; false: it has no so many. */
static bool call_between(call_fn *call, long after, call_fn *inner)
{
	other.call = inner;
	other.after = after;
	if (call == accept)
		trap_flag_set();
	call();
	trap_flag_clear();
	return !other.call;
}

static int setup(void **state)
{
	struct sigaction action = {.sa_sigaction = stepped, .sa_flags = SA_SIGINFO};

	(void)state;
	begin_anew();
	return sigaction(SIGTRAP, &action, NULL);
}

static int teardown(void **state)
{
	(void)state;
	free(account_state);
	account_state = NULL;
	return signal(SIGTRAP, SIG_DFL) == SIG_ERR;
}

static void expect_open(uint32_t messages, long after)
{
	if (refused_open_any() != messages || refused_open(producer_at(0)) != messages)
		fail_msg("between, after %ld instructions: %u open, expected %u", after,
			 refused_open_any(), messages);
}

/* Where two that are new were entered twice; -1: nowhere. */
static long entered_twice_after(void)
{
	for (long after = 0;; after++) {
		begin_anew();
		if (!call_between(refuse, after, refuse))
			return -1;
		if (refused_open_any() == 2)
			return after;
	}
}

static void equal_ones_that_are_new_at_once_are_closed_by_as_many(void **state)
{
	long after = 0, twice = 0;

	(void)state;
	for (;; after++) {
		begin_anew();
		if (!call_between(refuse, after, refuse))
			break;
		twice += refused_open_any() == 2;
		accept();
		accept();
		expect_open(0, after);
	}
	/* Else nothing was tried. */
	assert_true(after > 100);
	assert_true(twice > 0);
}

static void who_finds_his_closed_by_another_closes_the_other(void **state)
{
	long first = entered_twice_after(), after = 0;

	(void)state;
	assert_true(first >= 0);
	for (;; after++) {
		begin_anew();
		call_between(refuse, first, refuse);
		expect_open(2, first);
		if (!call_between(accept, after, accept))
			break;
		expect_open(0, after);
	}
	assert_true(after > 50);
}

static void one_that_is_accepted_while_it_is_refused_again_is_closed_by_the_next(void **state)
{
	long after = 0;

	(void)state;
	for (;; after++) {
		begin_anew();
		refuse();
		if (!call_between(refuse, after, accept))
			break;
		accept();
		expect_open(0, after);
	}
	assert_true(after > 50);
}

static void one_that_is_refused_while_another_is_accepted_is_closed_by_the_next(void **state)
{
	long after = 0;

	(void)state;
	for (;; after++) {
		begin_anew();
		refuse();
		if (!call_between(accept, after, refuse))
			break;
		accept();
		expect_open(0, after);
	}
	assert_true(after > 50);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(equal_ones_that_are_new_at_once_are_closed_by_as_many),
		STORY(who_finds_his_closed_by_another_closes_the_other),
		STORY(one_that_is_accepted_while_it_is_refused_again_is_closed_by_the_next),
		STORY(one_that_is_refused_while_another_is_accepted_is_closed_by_the_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

static void table_follows(void)
{
}

int main(void)
{
	printf("SKIPPED: only x86-64 has this trap flag\n");
	(void)begin_anew, (void)refuse, (void)accept;
	return 77;
}

#endif
