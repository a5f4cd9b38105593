/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fork_lock.h - locks of other libraries that a fork can leave locked.
 *
 * A library that the guest calls may have a lock of its own. A child that was
 * forked while another thread held it would wait for it without end. So the
 * guest counts its threads inside such a library; a child that was forked when
 * the count was not 0 does not call it any more (story: forks_while_unwinding).
 */
#ifndef UNFLUSHED_GUEST_FORK_LOCK_H
#define UNFLUSHED_GUEST_FORK_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/guest.h"

struct fork_lock {
	uint32_t inside;     /* threads of this process */
	uint32_t generation; /* guest_generation plus 1 of the last entry; 0: never entered */
	uint32_t lost;	     /* not 0: a fork may have left the lock locked */
};

/* clang-format off */
#define FORK_LOCK {0, 0, 0}
/* clang-format on */

/* Counts this thread as inside; fork_lock_leave() ends that. False: the lock may stay locked
 * in this process, and the library must not be called. */
static inline bool fork_lock_enter(struct fork_lock *lock)
{
	uint32_t now = guest_generation + 1;
	uint32_t known = __atomic_load_n(&lock->generation, __ATOMIC_ACQUIRE);

	if (__builtin_expect(known != now, 0) &&
	    __atomic_compare_exchange_n(&lock->generation, &known, now, false, __ATOMIC_ACQ_REL,
					__ATOMIC_ACQUIRE) &&
	    __atomic_exchange_n(&lock->inside, 0, __ATOMIC_ACQ_REL) != 0)
		__atomic_store_n(&lock->lost, 1, __ATOMIC_RELEASE);
	if (__atomic_load_n(&lock->lost, __ATOMIC_ACQUIRE))
		return false;
	__atomic_fetch_add(&lock->inside, 1, __ATOMIC_ACQ_REL);
	return true;
}

static inline void fork_lock_leave(struct fork_lock *lock)
{
	__atomic_fetch_sub(&lock->inside, 1, __ATOMIC_ACQ_REL);
}

#endif
