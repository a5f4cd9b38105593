/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cache.c - see cache.h.
 *
 * A row is claimed with one compare-and-swap. The row of a thread that ended is
 * taken over, and cleared: its entries have addresses on that thread's stack.
 */
#include "site/cache.h"

#include <errno.h>
#include <string.h>

#include "guest/state.h"

struct cache_state {
	struct cache_thread rows[CACHE_THREADS];
};
GUEST_STATE(struct cache_state, cache_state);
GUEST_THREAD(struct cache_self, cache_self);

/* A thread that found no row looks again only after so many calls, because that takes a system
 * call for each row. */
#define RETRY 4096

static bool owner_is_dead(int32_t tid)
{
	return RAW_3(SYS_tgkill, guest->pid, tid, 0) == -ESRCH;
}

static bool row_take(struct cache_thread *row, int32_t tid)
{
	int32_t owner = __atomic_load_n(&row->tid, __ATOMIC_ACQUIRE);

	if ((owner && !owner_is_dead(owner)) ||
	    !__atomic_compare_exchange_n(&row->tid, &owner, tid, false, __ATOMIC_ACQ_REL,
					 __ATOMIC_RELAXED))
		return false;
	if (owner) {
		memset(row->stacks, 0, sizeof row->stacks);
		memset(row->places, 0, sizeof row->places);
	}
	__atomic_store_n(&row->owner, &guest_thread, __ATOMIC_RELEASE);
	return true;
}

struct cache_thread *cache_take(void)
{
	struct guest_thread *thread = guest_this_thread();
	struct cache_self *self = &cache_self;

	if (LIKELY(self->row && self->row->owner == thread))
		return self->row;
	self->row = NULL;
	if (self->retry) {
		self->retry--;
		return NULL;
	}
	int32_t tid = (int32_t)RAW_0(SYS_gettid);

	for (uint32_t i = 0; i < CACHE_THREADS; i++)
		if (row_take(&cache_state->rows[i], tid)) {
			self->row = &cache_state->rows[i];
			return self->row;
		}
	self->retry = RETRY;
	return NULL;
}
