/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table.h - a screen as the lines of a table, for a terminal.
 *
 * A line takes at most the given number of the terminal's columns, and contains
 * no control characters. If not all columns of the table fit, the least
 * important ones are left out.
 */
#ifndef UNFLUSHED_TOP_TABLE_H
#define UNFLUSHED_TOP_TABLE_H

#include "top/screen.h"

enum table_style {
	TABLE_PLAIN,
	TABLE_TITLE,
	TABLE_STALLED,
	TABLE_BAD, /* a verdict that fails */
};

struct table_line {
	const char *words;
	enum table_style style;
};

#define TABLE_HEAD 3	/* lines that do not scroll */
#define TABLE_NARROW 20 /* least width of a line, also on a narrower terminal */

struct table {
	struct table_line head[TABLE_HEAD];
	struct table_line *body;
	size_t count;
	struct run memory;
};

void table_make(struct table *table, const struct screen *screen, const char *sort,
		int columns);
void table_free(struct table *table);

#endif
