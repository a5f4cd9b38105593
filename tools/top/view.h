/* SPDX-License-Identifier: Apache-2.0 */
/*
 * view.h - the full screen of a terminal, and the terminal as it was afterwards.
 *
 * Signals that would end the program are held back but for the time that is spent in
 * view_wait(): so nothing is drawn half. Those that cannot be held back (SIGSEGV, ...) give the
 * terminal back and then do what they would have done.
 */
#ifndef UNFLUSHED_TOP_VIEW_H
#define UNFLUSHED_TOP_VIEW_H

#include <stdbool.h>
#include <stdio.h>

#include "top/table.h"

/* False: the terminal's type (TERM) is not known here. One at a time. */
bool view_begin(FILE *out, FILE *in);
/* Gives the terminal back. */
void view_end(void);
/* The same at once, from anywhere, a signal handler too; nothing if there is no view. */
void view_restore(void);

int view_columns(void);
void view_draw(const struct table *table);

enum view_answer {
	VIEW_TIME,    /* it has come */
	VIEW_CHANGED, /* another size, or place: draw again */
	VIEW_QUIT,
	VIEW_KILLED, /* by view_signal() */
};

/* Until CLOCK_MONOTONIC says so, a key is pressed, or a signal comes. */
enum view_answer view_wait(int64_t until_ns);
int view_signal(void);

#endif
