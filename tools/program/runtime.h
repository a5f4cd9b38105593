/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_PROGRAM_RUNTIME_H
#define UNFLUSHED_PROGRAM_RUNTIME_H

#include "program/elffile.h"

/* What runs programs of another language, and when those can be judged. */
struct runtime {
	const char *symbol; /* exported by the executable, or */
	const char *needed; /* start of a library's name that it needs */
	const char *name;
	const char *judged_when;
};

/* The one that this program file is; NULL: none of those that are known. */
const struct runtime *runtime_of(const struct elffile *elf);

#endif
