/* SPDX-License-Identifier: Apache-2.0 */
/*
 * thread_locals.h - a library's thread-local variables keep what is in them.
 */
#ifndef UNFLUSHED_AUDIT_THREAD_LOCALS_H
#define UNFLUSHED_AUDIT_THREAD_LOCALS_H

#include <stdint.h>

/* What an object of the start calls instead of the function of that name at `real`; 0: that. */
uintptr_t thread_locals_stand_in(const char *name, uintptr_t real);

/* Every object of the start has its place in the main thread's table by now. */
void thread_locals_begin(void);

#endif
