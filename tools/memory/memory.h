/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory.h - memory that is there, or the end of the program.
 *
 * A report of half the messages would be a lie, so nothing here ever answers NULL: when there
 * is no memory the handler is called, which says so and ends the program (say/say.h). What
 * can fail for other reasons as well (a start of the host, a copy of a trace) asks malloc()
 * itself and hands the failure on as its own.
 *
 * The lowest room: it calls no other, and every other may call it. All of it goes back by
 * free().
 */
#ifndef UNFLUSHED_MEMORY_H
#define UNFLUSHED_MEMORY_H

#include <stddef.h>

/* `bytes` bytes of any content. */
void *memory_take(size_t bytes);
/* `count` things of `bytes` bytes each, all zero. */
void *memory_zeroed(size_t count, size_t bytes);
/* `old` (NULL: nothing) with room for `count` things of `bytes` bytes each; its content is
 * kept, what is new holds anything. */
void *memory_grown(void *old, size_t count, size_t bytes);
/* A copy. */
char *memory_text(const char *text);

/* Others had none: a stream into memory (open_memstream), of which nothing may be missing. */
void memory_out(void) __attribute__((noreturn));

/* What happens when there is none: `handler` must not come back. Without one: abort(). */
void memory_when_out(void (*handler)(void));

#endif
