/* SPDX-License-Identifier: Apache-2.0 */
/*
 * progress.h - how far long work is, on a terminal: one line that comes after half a second,
 * and goes with what is said or printed next.
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

/* `all`: 0 if nobody knows how much there is. Nothing where standard error is no terminal, or
 * one that cannot take a line back (TERM=dumb, or none). */
void progress_show(const char *what, size_t done, size_t all);

/* Takes the line back; for say.c, and for who prints to the terminal himself. */
void progress_hide(void);

/* The work is over. */
void progress_end(void);

#endif
