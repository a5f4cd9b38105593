/* SPDX-License-Identifier: Apache-2.0 */
/*
 * needed.c - see needed.h.
 */
#include "recipe/needed.h"

#include <stddef.h>
#include <string.h>

#define NEEDED_LIBC(name)
#define NEEDED_JVM(name)
#define NEEDED_KAFKA(name) #name,
#define ROW(name, library, ...) NEEDED_##library(name)
#define USE(name) #name,
#define OPTIONAL(name) #name,
static const char *const names[] = {
#include "calls/calls.def"
#include "calls/uses.def"
};

bool needed(const char *name)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}
