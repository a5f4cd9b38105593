/* SPDX-License-Identifier: Apache-2.0 */
/*
 * top.h - shows running producers, refreshed at an interval.
 */
#ifndef UNFLUSHED_TOP_H
#define UNFLUSHED_TOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "find/find.h"
#include "top/screen.h"

#define TOP_SORTS SCREEN_SORTS

enum top_form {
	TOP_VIEW, /* uses the full screen of the terminal `out` */
	TOP_TEXT,
	TOP_JSON,
};

struct top_options {
	const char *const *operands; /* directories, pids, traces */
	size_t operand_count;
	int64_t interval_ns;
	long screens;	  /* 0: without end */
	const char *sort; /* one of TOP_SORTS */
	enum top_form form;
	FILE *out, *in; /* `in`: the keys of TOP_VIEW */
};

enum top_answer {
	TOP_DONE,
	TOP_UNREADABLE,	 /* an operand: struct top_trouble */
	TOP_NOT_WRITTEN, /* `out` cannot be written, errno says why */
	TOP_NO_VIEW,	 /* nothing was shown: TERM is not known */
	TOP_KILLED,	 /* by a signal, whose default action the caller must do */
};

struct top_trouble {
	const char *operand;
	char why[FIND_WHY_BYTES];
	int signal;
};

/* Returns after that many screens, when the user quits, or (except TOP_VIEW) when all watched
 * processes have ended and no other can be found. */
enum top_answer top_run(const struct top_options *options, struct top_trouble *trouble);

/* Restores the terminal; may be called from a signal handler. */
void top_restore(void);

/* "0.1" to "3600" seconds; false: `words` is something else. */
bool top_interval(const char *words, int64_t *ns);

#endif
