/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_PROGRAM_RUNTIME_H
#define UNFLUSHED_PROGRAM_RUNTIME_H

#include "program/elffile.h"

/* A program that runs programs of another language, and when those can be judged. */
struct runtime {
	const char *symbol; /* exported by the executable, or */
	const char *needed; /* beginning of the name of a library that it needs */
	const char *name;
	const char *judged_when;
};

/* The runtime that this program file is; NULL: none of the known ones. */
const struct runtime *runtime_of(const struct elffile *elf);

#endif
