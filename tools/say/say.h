/* SPDX-License-Identifier: Apache-2.0 */
/*
 * say.h - what the program says on stderr; no other file writes there.
 */
#ifndef UNFLUSHED_SAY_H
#define UNFLUSHED_SAY_H

#include <stdarg.h>

/* We failed, not what we were asked to run or to judge: as env(1) and timeout(1) have it. */
#define SAY_FAILED_OURSELVES 125

/* "unflushed: " and these words, on a line of their own; in all of them what is not to be
 * printed is escaped (read/printable.h). */
void say(const char *words, ...) __attribute__((format(printf, 1, 2)));
/* The same of a command: "unflushed COMMAND: ". */
void say_of(const char *command, const char *words, va_list list)
	__attribute__((format(printf, 2, 0)));

/* These words alone, on a line of their own. */
void say_plain(const char *words, ...) __attribute__((format(printf, 1, 2)));

/* For memory_when_out(): says it, and ends the program with SAY_FAILED_OURSELVES. What was
 * printed so far and is not written yet is not written any more, and no file is left half. */
void say_out_of_memory(void) __attribute__((noreturn));

#endif
