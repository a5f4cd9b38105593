/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unwind_stack.h - a stack as a walk found it.
 */
#ifndef UNFLUSHED_SITE_UNWIND_STACK_H
#define UNFLUSHED_SITE_UNWIND_STACK_H

#include <stdint.h>

/* Of these many the outermost are a thread's beginnings, in most programs; each costs a
 * look at its place whenever the stack is seen again. */
#define UNWIND_FRAMES 16

/* A goroutine's stack is the same if it, too, and the place of its stack are the same. */
#define UNWIND_PLACES (UNWIND_FRAMES + 3)

/*
 * A stack as it was found, innermost return address first, and the places in
 * memory that hold the addresses. While the stack pointer is the same and
 * every place holds the same address, the stack is the same stack: that is
 * how a thread that produces in a loop pays nanoseconds and not the 6 us of
 * a walk.
 */
struct unwind_stack {
	uint32_t depth;	  /* addresses */
	uint32_t watched; /* places; the first is that of address[0] */
	uintptr_t address[UNWIND_FRAMES];
	const uintptr_t *place[UNWIND_PLACES]; /* NULL: not known */
	uintptr_t held[UNWIND_PLACES]; /* what lies there: the address, which may be signed */
};

/* `place` holds `word` as long as the stack is the same. */
static inline void unwind_stack_watch(struct unwind_stack *stack, const uintptr_t *place,
				      uintptr_t word)
{
	stack->place[stack->watched] = place;
	stack->held[stack->watched] = word;
	stack->watched++;
}

#endif
