/* SPDX-License-Identifier: Apache-2.0 */
/*
 * family.c - see family.h.
 */
#include "formats/family.h"

#include <stddef.h>
#include <string.h>

const char *family_of(const char *finding)
{
	static const char *const waiting[] = {
		"missing-flush",  "exit-in-flight",	   "racy-exit",
		"waits-unproven", "destroy-without-flush", "killed-in-flight",
		"exec-in-flight", "ended-in-flush",	   "ended-unanswered",
	};

	for (size_t i = 0; i < sizeof waiting / sizeof *waiting; i++)
		if (!strcmp(finding, waiting[i]))
			return "waiting";
	return finding;
}
