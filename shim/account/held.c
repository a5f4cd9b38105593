/* SPDX-License-Identifier: Apache-2.0 */
/*
 * held.c - see held.h.
 *
 * Runs of messages with the same topic, partition and line, in their order, oldest
 * first. A run's state is one word, so that a thread that takes a message by
 * compare-and-swap notices if the run has been reused; a thread that begins a run claims
 * it in that word first. If two batches of one partition are passed on at the same time,
 * or two threads add to one partition at the same time, their lines may be exchanged; no
 * message is lost or counted twice by that.
 */
#include "account/held.h"

enum end { FIRST, LAST };

/* A run's state: the upper bits count how often it was begun, the lower ones its messages. A
 * claimed run has none: no thread takes from it, or adds to it. */
#define CLAIMED ((uint64_t)1 << 63)

#define READ(from) __atomic_load_n(&(from), __ATOMIC_RELAXED)
#define WRITE(to, value) __atomic_store_n(&(to), value, __ATOMIC_RELAXED)

static uint64_t state_of(const struct account_held *run)
{
	return __atomic_load_n(&run->state, __ATOMIC_ACQUIRE);
}

static uint32_t messages_of(uint64_t state)
{
	return (uint32_t)state;
}

static bool state_becomes(struct account_held *run, uint64_t from, uint64_t to)
{
	return __atomic_compare_exchange_n(&run->state, &from, to, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_RELAXED);
}

static bool is_of(const struct account_held *run, const struct account_producer *producer,
		  uint32_t row, int32_t partition)
{
	return READ(run->producer) == producer_index(producer) && READ(run->row) == row &&
	       READ(run->partition) == partition;
}

/* The first or the last run of a partition that has messages. */
static struct account_held *run_find(const struct account_producer *producer, uint32_t row,
				     int32_t partition, enum end end, uint64_t *state)
{
	uint32_t used = __atomic_load_n(&account_state->held_used, __ATOMIC_ACQUIRE);
	struct account_held *found = NULL;

	for (uint32_t i = 0; i < used; i++) {
		struct account_held *run = &account_state->held[i];
		uint64_t now = state_of(run);

		if (!messages_of(now) || !is_of(run, producer, row, partition) ||
		    (found && (READ(run->order) < READ(found->order)) != (end == FIRST)))
			continue;
		found = run;
		*state = now;
	}
	return found;
}

/* Before the run has messages, so that threads that look for them find it. */
static void used_reaches(uint32_t runs)
{
	uint32_t used = READ(account_state->held_used);

	while (used < runs &&
	       !__atomic_compare_exchange_n(&account_state->held_used, &used, runs, true,
					    __ATOMIC_RELEASE, __ATOMIC_RELAXED))
		;
}

/* An empty run, claimed; NULL: there is none. */
static struct account_held *run_claim(void)
{
	for (uint32_t i = 0; i < ACCOUNT_HELD; i++) {
		struct account_held *run = &account_state->held[i];
		uint64_t state = state_of(run);

		if (messages_of(state) || state & CLAIMED ||
		    !state_becomes(run, state, state | CLAIMED))
			continue;
		used_reaches(i + 1);
		return run;
	}
	return NULL;
}

/* Puts the first message into a run that is claimed. */
static void run_begin(struct account_held *run, const struct account_producer *producer,
		      uint32_t row, int32_t partition, uint32_t site)
{
	uint64_t begun = (READ(run->state) & ~CLAIMED) >> 32;

	WRITE(run->producer, producer_index(producer));
	WRITE(run->row, row);
	WRITE(run->partition, partition);
	WRITE(run->site, site);
	WRITE(run->order, __atomic_add_fetch(&account_state->held_order, 1, __ATOMIC_RELAXED));
	begun = (begun + 1) & (CLAIMED - 1) >> 32;
	__atomic_store_n(&run->state, begun << 32 | 1, __ATOMIC_RELEASE);
}

/* Adds a message to a run that has some; false: it is empty by now. */
static bool run_extend(struct account_held *run)
{
	uint64_t state = state_of(run);

	while (messages_of(state))
		if (__atomic_compare_exchange_n(&run->state, &state, state + 1, false,
						__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
			return true;
	return false;
}

/* More lines alternate than there are runs: the number of messages stays right, their lines are
 * not known. */
static bool run_join(struct account_held *run, struct account_producer *producer)
{
	WRITE(run->site, 0);
	__atomic_fetch_or(&producer_row(producer)->flags, PRODUCER_SITES_INEXACT,
			  __ATOMIC_RELAXED);
	return run_extend(run);
}

/* False: there is no run for it. */
static bool run_add(struct account_producer *producer, uint32_t row, int32_t partition,
		    uint32_t site)
{
	for (;;) {
		uint64_t state;
		struct account_held *last = run_find(producer, row, partition, LAST, &state);

		if (last && READ(last->site) == site && run_extend(last))
			return true;
		struct account_held *run = run_claim();

		if (run) {
			run_begin(run, producer, row, partition, site);
			return true;
		}
		if (!last)
			return false;
		if (run_join(last, producer))
			return true;
	}
}

bool held_add(struct account_producer *producer, uint32_t row, int32_t partition, uint32_t site)
{
	/* First: a flush() that returns meanwhile must not count held messages as waited for.
	 */
	__atomic_fetch_add(&producer->held, 1, __ATOMIC_ACQ_REL);
	if (run_add(producer, row, partition, site))
		return true;
	__atomic_fetch_sub(&producer->held, 1, __ATOMIC_ACQ_REL);
	return false;
}

static bool take(struct account_producer *producer, uint32_t row, int32_t partition,
		 enum end end, uint32_t *site)
{
	struct account_held *run;
	uint64_t state;

	while ((run = run_find(producer, row, partition, end, &state))) {
		*site = READ(run->site);
		if (!state_becomes(run, state, state - 1)) /* another thread was faster */
			continue;
		__atomic_fetch_sub(&producer->held, 1, __ATOMIC_ACQ_REL);
		return true;
	}
	return false;
}

bool held_take(struct account_producer *producer, uint32_t row, int32_t partition,
	       uint32_t *site)
{
	return take(producer, row, partition, FIRST, site);
}

bool held_take_youngest(struct account_producer *producer, uint32_t row, int32_t partition,
			uint32_t *site)
{
	return take(producer, row, partition, LAST, site);
}

void held_forget(struct account_producer *producer)
{
	uint32_t used = __atomic_load_n(&account_state->held_used, __ATOMIC_ACQUIRE);

	if (!held_by(producer))
		return;
	for (uint32_t i = 0; i < used; i++) {
		struct account_held *run = &account_state->held[i];
		uint64_t state = state_of(run);

		if (messages_of(state) && READ(run->producer) == producer_index(producer))
			state_becomes(run, state, state - messages_of(state));
	}
	__atomic_store_n(&producer->held, 0, __ATOMIC_RELEASE);
}
