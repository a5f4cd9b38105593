/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fork_lock.h - locks of others that a fork can leave held.
 *
 * A library that we call may have a lock of its own. A child that was forked
 * while another thread held it would wait for it for ever. So the threads
 * inside are counted; a child that was forked when there was one does not
 * enter any more (story: forks_while_unwinding).
 */
#ifndef UNFLUSHED_GUEST_FORK_LOCK_H
#define UNFLUSHED_GUEST_FORK_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/guest.h"

struct fork_lock {
	uint32_t inside;     /* threads of this process */
	uint32_t generation; /* of guest_generation, plus 1; 0: nobody was ever inside */
	uint32_t lost;
};

/* clang-format off */
#define FORK_LOCK {0, 0, 0}
/* clang-format on */

/* False in a process that may have lost the lock. */
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
