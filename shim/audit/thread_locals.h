/* SPDX-License-Identifier: Apache-2.0 */
/*
 * thread_locals.h - works around glibc 2.41 and newer (x86-64), which may set a library's
 * thread-local variables back to their first values when an auditor is loaded.
 */
#ifndef UNFLUSHED_AUDIT_THREAD_LOCALS_H
#define UNFLUSHED_AUDIT_THREAD_LOCALS_H

#include <stdint.h>

/* The function that an object loaded at the start is to call instead of the function `name`,
 * which is at `real` (__tls_get_addr); 0: none, it calls that one. */
uintptr_t thread_locals_stand_in(const char *name, uintptr_t real);

/* To be called when all objects of the start are loaded, and so have entries in the main
 * thread's table of thread-local storage. */
void thread_locals_begin(void);

#endif
