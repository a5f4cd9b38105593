/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cache.h - the stacks and places a thread produced from lately.
 *
 * Not thread-local variables: with an auditor (shim/audit) the loader lays
 * those out before it loads what is preloaded, and refuses to start a host
 * when a preloaded library wants 3 KB of them. So a thread has a pointer, to
 * a row of a table in the guest's state.
 */
#ifndef UNFLUSHED_SITE_CACHE_H
#define UNFLUSHED_SITE_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/guest.h"
#include "site/unwind.h"

/* A loop that produces from more stacks than these, in turns, walks each
 * time: 6 us instead of nanoseconds. A power of two. */
#define CACHE_STACKS 64
#define CACHE_PLACES 8
#define CACHE_THREADS 128

struct cache_stack {
	const void *frame; /* NULL: free, or being filled */
	uint32_t site;
	struct unwind_stack stack;
};

/* A place of Python's, looked up by its line once. */
struct cache_place {
	uint64_t place;
	uint32_t site;
};

struct cache_thread {
	const struct guest_thread *owner; /* NULL: unused, or wiped by a fork */
	int32_t tid;
	uint32_t hit;  /* where the last stack was found */
	uint32_t next; /* stacks that were walked: of these places so many are in use */
	/* Lines take turns: which stack came after each, the last time. */
	uint8_t after[CACHE_STACKS];
	struct cache_stack stacks[CACHE_STACKS];
	struct cache_place places[CACHE_PLACES];
};

/* What a thread keeps: its row, and calls until one is asked for again. */
struct cache_self {
	struct cache_thread *row; /* NULL: none yet */
	uint16_t retry;
};
extern __thread struct cache_self cache_self __attribute__((tls_model("initial-exec")));

/* This thread's row, taken at need; NULL if there are more threads than rows. */
struct cache_thread *cache_take(void);

/* Same frame, and every place still holds the address found in it: one whose place is not
 * known may be another now. The places lie above a frame that is alive, on this thread's own
 * stack. */
static inline bool cache_is(const struct cache_stack *entry, const void *caller,
			    const void *frame)
{
	if (entry->frame != frame || entry->stack.address[0] != (uintptr_t)caller)
		return false;
	for (uint32_t i = 1; i < entry->stack.watched; i++)
		if (!entry->stack.place[i] || *entry->stack.place[i] != entry->stack.held[i])
			return false;
	return true;
}

/* The thread's call came from the stack at `place`. */
static inline void cache_hit(struct cache_thread *recent, uint32_t place)
{
	recent->after[recent->hit] = (uint8_t)place;
	recent->hit = place;
}

#endif
