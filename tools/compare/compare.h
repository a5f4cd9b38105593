/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compare.h - compares two summaries, fault by fault.
 *
 * Faults are the same if all parts of their signatures are equal. A fault on both sides has
 * grown if its verdict is worse, or if one of these numbers is higher: messages that never
 * arrived, or these plus those that may not have arrived, per 1,000 produced; processes, per
 * 1,000. So sides of different size can be compared. It has shrunk if one of these is lower and
 * none is higher. A number that is known before and not after counts as higher; one that is not
 * known before is not compared.
 *
 * A program that does not wait for its messages (the family "waiting") loses
 * the messages that were not sent in time, which may be none or all. So their
 * number, and whether the verdict is racy or lost, is chance, and does not make
 * the fault worse; a higher number of processes does.
 */
#ifndef UNFLUSHED_COMPARE_H
#define UNFLUSHED_COMPARE_H

#include <stdio.h>

#include "compare/side.h"

/* In the order in which they are printed. */
#define CHANGES(CHANGE)                                                                        \
	CHANGE(NEW, "new")                                                                     \
	CHANGE(GROWN, "grown")                                                                 \
	CHANGE(SHRUNK, "shrunk")                                                               \
	CHANGE(GONE, "gone")                                                                   \
	CHANGE(SAME, "same")

/* clang-format off */
enum change {
#define CHANGE_NUMBER(name, word) CHANGE_##name,
	CHANGES(CHANGE_NUMBER)
#undef CHANGE_NUMBER
	CHANGE_COUNT
};
/* clang-format on */

struct pair {
	enum change change;
	bool by_chance;				/* it has grown, but only by chance */
	const struct fault_row *before, *after; /* NULL: that side does not have the fault */
};

struct comparison {
	const struct side *before, *after;
	struct pair *pairs; /* by change; then the worst verdict, then the most lost first */
	size_t pair_count;
	size_t counts[CHANGE_COUNT];
};

void compare(struct comparison *comparison, const struct side *before,
	     const struct side *after);
void compare_free(struct comparison *comparison);

const char *change_name(enum change change);

bool pair_is_worse(const struct pair *pair);

/* Whether a fault is new, or has grown and not by chance, or the verdict of the whole is worse
 * and is not that of a fault that has grown by chance. */
bool compare_is_worse(const struct comparison *comparison);

void compare_text(const struct comparison *comparison, FILE *out);
/* Schema unflushed.diff/1. */
void compare_json(const struct comparison *comparison, FILE *out);

#endif
