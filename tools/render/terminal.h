/* SPDX-License-Identifier: Apache-2.0 */
/*
 * terminal.h - what a text may look like where it goes to: width, colour, a line of its own.
 */
#ifndef UNFLUSHED_RENDER_TERMINAL_H
#define UNFLUSHED_RENDER_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

/* COLUMNS, if that is a number; else the terminal's width; of what is none, 80. Always within
 * TERMINAL_NARROWEST and TERMINAL_WIDEST. */
int terminal_columns(FILE *out);
#define TERMINAL_NARROWEST 40
#define TERMINAL_WIDEST 200

/* Is colour wanted there: a terminal that is not TERM=dumb, and NO_COLOR is not set. */
bool terminal_colour(FILE *out);

/*
 * On a terminal where somebody else has printed, the next line, unless the cursor is at the
 * beginning of one: a program that ends without a newline would have our first words behind its
 * last. Where the cursor is cannot be asked without reading the terminal's answer, which may
 * be mixed with what the user types. So a whole line of blanks is printed, and "\r": at the
 * beginning of a line that comes back to it, from anywhere else it wraps to the next. (So do
 * shells before their prompt.) Nothing is printed if `out` is not a terminal, if its width is
 * not known, or with TERM=dumb.
 */
void terminal_line_start(FILE *out);

#endif
