/* SPDX-License-Identifier: Apache-2.0 */
/*
 * view.h - draws on the full screen of a terminal, and restores the terminal afterwards.
 *
 * Signals that would end the program are blocked except in view_wait(), so that
 * a screen is always drawn whole. Signals that cannot be blocked (SIGSEGV, ...)
 * restore the terminal and then have their default action.
 */
#ifndef UNFLUSHED_TOP_VIEW_H
#define UNFLUSHED_TOP_VIEW_H

#include <stdbool.h>
#include <stdio.h>

#include "top/table.h"

/* False: the terminal's type (TERM) is not known here. Only one view can be open. */
bool view_begin(FILE *out, FILE *in);
/* Restores the terminal. */
void view_end(void);
/* The same, also from a signal handler; does nothing if there is no view. */
void view_restore(void);

int view_columns(void);
void view_draw(const struct table *table);

enum view_answer {
	VIEW_TIME,    /* the time has come */
	VIEW_CHANGED, /* the size has changed, or the terminal: draw again */
	VIEW_QUIT,
	VIEW_KILLED, /* view_signal() says by which */
};

/* Waits until that time of CLOCK_MONOTONIC, until a key is pressed, or for a signal. */
enum view_answer view_wait(int64_t until_ns);
int view_signal(void);

#endif
