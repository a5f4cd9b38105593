/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unwind.h - the stack above a produce call, through libunwind.
 */
#ifndef UNFLUSHED_SITE_UNWIND_H
#define UNFLUSHED_SITE_UNWIND_H

#include <stdbool.h>

#include "site/unwind_stack.h"

/* True when libunwind itself makes a call, on our behalf. */
bool unwind_is_calling(const void *caller);

/* Opens libunwind, if stacks are asked for; once, when the first producer is
 * made (it allocates). */
void unwind_open(void);

/* Takes the stack from the frame that returns to `caller`. Without libunwind,
 * or where it loses its way, the stack is what is sure: `caller` alone. */
void unwind_take(const void *caller, struct unwind_stack *stack);

/* That alone. */
void unwind_take_caller(const void *caller, struct unwind_stack *stack);

#endif
