/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verdict.c - see verdict.h.
 */
#include "model/verdict.h"

#include <string.h>

/* In the order of the enum. */
static const struct {
	const char *name;
	int exit_code;
} verdicts[] = {
	[VERDICT_CLEAN] = {"clean", 0},	 [VERDICT_FAILED] = {"failed", 85},
	[VERDICT_BLIND] = {"blind", 83}, [VERDICT_UNPROVEN] = {"unproven", 84},
	[VERDICT_RACY] = {"racy", 82},	 [VERDICT_AT_RISK] = {"at_risk", 81},
	[VERDICT_LOST] = {"lost", 80},
};

const char *verdict_name(enum verdict verdict)
{
	return verdicts[verdict].name;
}

int verdict_exit_code(enum verdict verdict)
{
	return verdicts[verdict].exit_code;
}

bool verdict_by_name(const char *name, enum verdict *out)
{
	for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
		if (!strcmp(verdicts[i].name, name)) {
			*out = (enum verdict)i;
			return true;
		}
	return false;
}
