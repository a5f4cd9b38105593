/* SPDX-License-Identifier: Apache-2.0 */
/*
 * say.h - prints messages on stderr; no other file writes there.
 */
#ifndef UNFLUSHED_SAY_H
#define UNFLUSHED_SAY_H

#include <stdarg.h>

/* The exit status if `unflushed` itself failed, not the host: the same as that of env(1) and
 * timeout(1). */
#define SAY_FAILED_OURSELVES 125

/* Prints "unflushed: " and these words on a line of their own. In all messages characters that
 * must not be printed are escaped (read/printable.h). */
void say(const char *words, ...) __attribute__((format(printf, 1, 2)));
/* The same with "unflushed COMMAND: ". */
void say_of(const char *command, const char *words, va_list list)
	__attribute__((format(printf, 2, 0)));

/* The same without "unflushed: ". */
void say_plain(const char *words, ...) __attribute__((format(printf, 1, 2)));

/* For memory_when_out(): prints a message and ends the program with SAY_FAILED_OURSELVES.
 * Buffered output is dropped, and unfinished files are removed. */
void say_out_of_memory(void) __attribute__((noreturn));

#endif
