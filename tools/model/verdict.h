/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verdict.h - the seven verdicts: names, exit codes, and which of two is worse.
 *
 * Each verdict is worse than the ones before it: the verdict of several is the
 * greatest.
 */
#ifndef UNFLUSHED_MODEL_VERDICT_H
#define UNFLUSHED_MODEL_VERDICT_H

#include <stdbool.h>

enum verdict {
	VERDICT_CLEAN = 0,
	VERDICT_FAILED,
	VERDICT_BLIND,
	VERDICT_UNPROVEN,
	VERDICT_RACY,
	VERDICT_AT_RISK,
	VERDICT_LOST,
};

/* The values of --fail-on. */
#define VERDICTS_THAT_FAIL "lost|at_risk|racy|unproven|blind|failed"
#define VERDICT_MILDEST "blind"

const char *verdict_name(enum verdict verdict);
/* False: no verdict has this name, and *out is unchanged. */
bool verdict_by_name(const char *name, enum verdict *out);

/* 80 to 85, or 0 for clean. */
int verdict_exit_code(enum verdict verdict);

static inline enum verdict verdict_worse(enum verdict a, enum verdict b)
{
	return a > b ? a : b;
}

#endif
