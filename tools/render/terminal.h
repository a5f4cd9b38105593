/* SPDX-License-Identifier: Apache-2.0 */
/*
 * terminal.h - width, colour and first line of a text on a terminal.
 */
#ifndef UNFLUSHED_RENDER_TERMINAL_H
#define UNFLUSHED_RENDER_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

/* COLUMNS, if that is a number; else the terminal's width; 80 if it is no terminal. Always
 * between TERMINAL_NARROWEST and TERMINAL_WIDEST. */
int terminal_columns(FILE *out);
#define TERMINAL_NARROWEST 40
#define TERMINAL_WIDEST 200

/* Whether colour is wanted: it is a terminal, TERM is not dumb, and NO_COLOR is not set. */
bool terminal_colour(FILE *out);

/*
 * Moves the cursor of a terminal, to which another program has printed, to the beginning of a
 * line: otherwise our text would follow the last line of a program that ends without a newline.
 * The position of the cursor cannot be asked for without reading the terminal's answer, which
 * may be mixed with what the user types. So a whole line of blanks is printed, and "\r": from
 * the beginning of a line the cursor returns there, from anywhere else it wraps to the next
 * line (shells do the same before their prompt). Nothing is printed if `out` is not a terminal,
 * if its width is not known, or with TERM=dumb.
 */
void terminal_line_start(FILE *out);

#endif
