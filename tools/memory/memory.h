/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory.h - allocates memory, or ends the program.
 *
 * A report of only a part of the messages would be wrong, so no function here returns NULL:
 * when there is no memory the handler is called, which prints a message and ends the program
 * (say/say.h). Functions that can fail for other reasons as well (a start of the host, a copy
 * of a trace) call malloc() themselves and return the failure.
 *
 * This room uses no other room, and every other room may use it. Its memory is
 * freed with free().
 */
#ifndef UNFLUSHED_MEMORY_H
#define UNFLUSHED_MEMORY_H

#include <stddef.h>

/* `bytes` bytes of any content. */
void *memory_take(size_t bytes);
/* `count` elements of `bytes` bytes each, all zero. */
void *memory_zeroed(size_t count, size_t bytes);
/* Resizes `old` (NULL: none) to `count` elements of `bytes` bytes each; its content is kept,
 * new bytes are undefined. */
void *memory_grown(void *old, size_t count, size_t bytes);
/* A copy. */
char *memory_text(const char *text);

/* To be called if another allocator has failed (as open_memstream(), whose text must be
 * complete). */
void memory_out(void) __attribute__((noreturn));

/* Sets the function that is called when there is no memory: it must not return. Default:
 * abort(). */
void memory_when_out(void (*handler)(void));

#endif
