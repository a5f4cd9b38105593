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
	TOP_VIEW, /* the full screen of the terminal that `out` is */
	TOP_TEXT,
	TOP_JSON,
};

struct top_options {
	const char *const *operands; /* directories, pids, traces */
	size_t operand_count;
	int64_t interval_ns;
	long screens;	  /* 0: no end */
	const char *sort; /* one of TOP_SORTS */
	enum top_form form;
	FILE *out, *in; /* `in`: where the keys of TOP_VIEW come from */
};

enum top_answer {
	TOP_DONE,
	TOP_UNREADABLE,	 /* an operand: struct top_trouble */
	TOP_NOT_WRITTEN, /* `out` takes no more, errno says why */
	TOP_NO_VIEW,	 /* nothing was shown: the type of the terminal is not known */
	TOP_KILLED,	 /* by that signal, whose default has not been done yet */
};

struct top_trouble {
	const char *operand;
	char why[FIND_WHY_BYTES];
	int signal;
};

/* Returns after that many screens, when the user quits, or (except TOP_VIEW) when all watched
 * processes have ended and no further one can be found. */
enum top_answer top_run(const struct top_options *options, struct top_trouble *trouble);

/* Restores the terminal; may be called from anywhere. */
void top_restore(void);

/* "0.1" to "3600" seconds; false: it is something else. */
bool top_interval(const char *words, int64_t *ns);

#endif
