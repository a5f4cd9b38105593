/* SPDX-License-Identifier: Apache-2.0 */
/*
 * goroutine.h - the stack of the goroutine that called C code.
 *
 * Go calls C on the thread's own stack, which libunwind walks as far as
 * runtime.asmcgocall. The goroutine's stack is elsewhere and may move, and
 * another goroutine may call from the same thread next. So the walk continues
 * along the frame pointers that Go code keeps. The words that tell which
 * goroutine it is and where its stack is are watched, as the return addresses
 * are.
 */
#ifndef UNFLUSHED_SITE_GOROUTINE_H
#define UNFLUSHED_SITE_GOROUTINE_H

#include <stdbool.h>
#include <stdint.h>

#include "site/unwind_stack.h"

/* Checks whether the program is a Go program, before the first stack is taken. Takes the
 * loader's lock. */
void goroutine_open(void);

/* Reads one word of memory; false: the memory is not mapped. */
typedef bool goroutine_read_fn(uintptr_t address, uintptr_t *word, void *context);

struct goroutine_call {
	uintptr_t address; /* the return address that was found last */
	uintptr_t stack;   /* SP of the function that contains it; 0: not known */
	uintptr_t frame;   /* that function's frame pointer */
	goroutine_read_fn *read;
	void *context;
};

/* Whether the last return address is in runtime.asmcgocall. If so, adds the return addresses
 * of the goroutine's stack; there are none if no goroutine made the call. */
bool goroutine_take(const struct goroutine_call *call, struct unwind_stack *stack);

#endif
