/* SPDX-License-Identifier: Apache-2.0 */
/*
 * goroutine.h - the stack of the goroutine that called C code.
 *
 * Go calls C on a stack of the thread's own, which libunwind walks as far as
 * runtime.asmcgocall. The goroutine's stack is elsewhere, may move, and another goroutine may
 * call from the same thread next. So the walk goes on by the frame pointers that Go code keeps,
 * and what says which goroutine it is and where its stack lies is watched as the return
 * addresses are.
 */
#ifndef UNFLUSHED_SITE_GOROUTINE_H
#define UNFLUSHED_SITE_GOROUTINE_H

#include <stdbool.h>
#include <stdint.h>

#include "site/unwind_stack.h"

/* Looks whether the program is one of Go's, before the first stack is taken. Takes the loader's
 * lock. */
void goroutine_open(void);

/* Reads one word of memory that may not be there; false: it is not. */
typedef bool goroutine_read_fn(uintptr_t address, uintptr_t *word, void *context);

struct goroutine_call {
	uintptr_t address; /* the return address that was found last */
	uintptr_t stack;   /* SP of the function that it is in; 0: not known */
	uintptr_t frame;   /* the frame pointer of that */
	goroutine_read_fn *read;
	void *context;
};

/* Is the last return address that of runtime.asmcgocall's call? Then adds what the goroutine's
 * stack holds, which is nothing for a call that no goroutine made. */
bool goroutine_take(const struct goroutine_call *call, struct unwind_stack *stack);

#endif
