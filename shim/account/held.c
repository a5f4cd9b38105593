/* SPDX-License-Identifier: Apache-2.0 */
/*
 * held.c - see held.h.
 *
 * Runs of messages with the same topic, partition and line, oldest first by their
 * order; no locks, for on_send may run in a thread that has not Python's. A run's
 * state is one word, so that whoever takes a message sees that the run is still the
 * one it looked at. Two batches of one partition that are passed on at once may swap
 * their lines; no message is lost or counted twice by that.
 */
#include "account/held.h"

#include "account/producers.h"

enum end { FIRST, LAST };

/* A run's state: how often it was begun, above how many messages it has. */
static uint32_t messages_of(uint64_t state)
{
	return (uint32_t)state;
}

static bool is_of(const struct guest_held *run, const struct guest_producer *producer,
		  uint32_t row, int32_t partition)
{
	return run->producer == producer_index(producer) && run->row == row &&
	       run->partition == partition;
}

/* The first or the last run of a partition that has messages. */
static struct guest_held *run_find(const struct guest_producer *producer, uint32_t row,
				   int32_t partition, enum end end, uint64_t *state)
{
	uint32_t used = __atomic_load_n(&guest->held_used, __ATOMIC_ACQUIRE);
	struct guest_held *found = NULL;

	for (uint32_t i = 0; i < used; i++) {
		struct guest_held *run = &guest->held[i];
		uint64_t now = __atomic_load_n(&run->state, __ATOMIC_ACQUIRE);

		if (!messages_of(now) || !is_of(run, producer, row, partition) ||
		    (found && (run->order < found->order) != (end == FIRST)))
			continue;
		found = run;
		*state = now;
	}
	return found;
}

static void run_begin(struct guest_held *run, const struct guest_producer *producer, uint32_t row,
		      int32_t partition, uint32_t site)
{
	run->producer = producer_index(producer);
	run->row = row;
	run->partition = partition;
	run->site = site;
	run->order = ++guest->held_order;
	/* An empty run: nobody takes from it meanwhile. */
	__atomic_store_n(&run->state, ((run->state >> 32) + 1) << 32 | 1, __ATOMIC_RELEASE);
}

static struct guest_held *run_free(void)
{
	uint32_t used = guest->held_used;

	for (uint32_t i = 0; i < used; i++)
		if (!messages_of(__atomic_load_n(&guest->held[i].state, __ATOMIC_ACQUIRE)))
			return &guest->held[i];
	return used < GUEST_HELD ? &guest->held[used] : NULL;
}

/* False: another thread was faster. */
static bool run_shorten(struct guest_held *run, uint64_t state, uint32_t messages)
{
	return __atomic_compare_exchange_n(&run->state, &state, state - messages, false,
					   __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/* One more in a run that has some; false: it is empty by now. */
static bool run_extend(struct guest_held *run)
{
	uint64_t state = __atomic_load_n(&run->state, __ATOMIC_ACQUIRE);

	while (messages_of(state))
		if (__atomic_compare_exchange_n(&run->state, &state, state + 1, false,
						__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
			return true;
	return false;
}

bool held_add(struct guest_producer *producer, uint32_t row, int32_t partition, uint32_t site)
{
	uint64_t state;
	struct guest_held *last = run_find(producer, row, partition, LAST, &state);
	struct guest_held *run = last && last->site == site ? NULL : run_free();

	if (!last && !run)
		return false;
	/* First: what flush() finds held it must not call waited for. */
	__atomic_fetch_add(&producer->held, 1, __ATOMIC_ACQ_REL);
	if (!run && last->site != site) {
		/* More lines in turns than there are runs: how many is known, whose not. */
		last->site = 0;
		__atomic_fetch_or(&producer_row(producer)->flags, PRODUCER_SITES_INEXACT,
				  __ATOMIC_RELAXED);
	}
	if (!run && run_extend(last))
		return true;
	if (!run)
		run = last;
	run_begin(run, producer, row, partition, site);
	if (run == &guest->held[guest->held_used])
		__atomic_store_n(&guest->held_used, guest->held_used + 1, __ATOMIC_RELEASE);
	return true;
}

static bool take(struct guest_producer *producer, uint32_t row, int32_t partition, enum end end,
		 uint32_t *site)
{
	struct guest_held *run;
	uint64_t state;

	while ((run = run_find(producer, row, partition, end, &state))) {
		*site = run->site;
		if (!run_shorten(run, state, 1))
			continue;
		__atomic_fetch_sub(&producer->held, 1, __ATOMIC_ACQ_REL);
		return true;
	}
	return false;
}

bool held_take(struct guest_producer *producer, uint32_t row, int32_t partition, uint32_t *site)
{
	return take(producer, row, partition, FIRST, site);
}

bool held_take_youngest(struct guest_producer *producer, uint32_t row, int32_t partition,
			uint32_t *site)
{
	return take(producer, row, partition, LAST, site);
}

void held_forget(struct guest_producer *producer)
{
	uint32_t used = __atomic_load_n(&guest->held_used, __ATOMIC_ACQUIRE);

	if (!held_by(producer))
		return;
	for (uint32_t i = 0; i < used; i++) {
		struct guest_held *run = &guest->held[i];
		uint64_t state = __atomic_load_n(&run->state, __ATOMIC_ACQUIRE);

		if (messages_of(state) && run->producer == producer_index(producer))
			run_shorten(run, state, messages_of(state));
	}
	__atomic_store_n(&producer->held, 0, __ATOMIC_RELEASE);
}
