/* SPDX-License-Identifier: Apache-2.0 */
/*
 * progress.h - shows the progress of long work on a terminal: a line that appears after half a
 * second, and is removed before the next message or output.
 *
 *	for (...) {
 *		progress_show("reading traces", done, all);
 *		...
 *	}
 *	progress_end();
 */
#ifndef UNFLUSHED_SAY_PROGRESS_H
#define UNFLUSHED_SAY_PROGRESS_H

#include <stddef.h>

/* `all`: 0 if the total is not known. Prints nothing if standard error is no terminal, or one
 * that cannot erase a line (TERM=dumb, or not set). */
void progress_show(const char *what, size_t done, size_t all);

/* Erases the line; for say.c, and for code that prints to the terminal itself. */
void progress_hide(void);

/* The work is over. */
void progress_end(void);

#endif
