/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cache.c - see cache.h.
 *
 * A row is taken with one compare-and-swap. That of a thread that ended is
 * taken over, and emptied: what it remembers are places on another's stack.
 */
#include "site/cache.h"

#include <errno.h>
#include <string.h>

#include "guest/state.h"

struct recent_state {
	struct recent_thread rows[RECENT_THREADS];
};
GUEST_STATE(struct recent_state, recent_state);
GUEST_THREAD(struct recent_self, recent_self);

/* A thread that found none asks again only after so many calls: to ask costs
 * a system call a row. */
#define RETRY 4096

static bool owner_is_dead(int32_t tid)
{
	return RAW_3(SYS_tgkill, guest->pid, tid, 0) == -ESRCH;
}

static bool row_take(struct recent_thread *row, int32_t tid)
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

struct recent_thread *recent_take(void)
{
	struct guest_thread *thread = guest_this_thread();
	struct recent_self *self = &recent_self;

	if (LIKELY(self->row && self->row->owner == thread))
		return self->row;
	self->row = NULL;
	if (self->retry) {
		self->retry--;
		return NULL;
	}
	int32_t tid = (int32_t)RAW_0(SYS_gettid);

	for (uint32_t i = 0; i < RECENT_THREADS; i++)
		if (row_take(&recent_state->rows[i], tid)) {
			self->row = &recent_state->rows[i];
			return self->row;
		}
	self->retry = RETRY;
	return NULL;
}
