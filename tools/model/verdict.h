/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verdict.h - the five verdicts, and how producers, processes and runs get theirs.
 *
 * The order is the order of badness: the verdict of many is the greatest.
 */
#ifndef UNFLUSHED_VERDICT_H
#define UNFLUSHED_VERDICT_H

#include <stdbool.h>

enum verdict {
	VERDICT_CLEAN = 0,
	VERDICT_BLIND,
	VERDICT_RACY,
	VERDICT_AT_RISK,
	VERDICT_LOST,
};

struct run;

const char *verdict_name(enum verdict verdict);
bool verdict_by_name(const char *name, enum verdict *out);

/* 80 to 83, or 0 for clean. */
int verdict_exit_code(enum verdict verdict);

static inline enum verdict verdict_worse(enum verdict a, enum verdict b)
{
	return a > b ? a : b;
}

/* Judges every producer, socket and process of the run, by counters only. */
void verdict_judge(struct run *run);

#endif
