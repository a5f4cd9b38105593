/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_PROGRAM_LOADABLE_H
#define UNFLUSHED_PROGRAM_LOADABLE_H

#include <stdbool.h>

#include "program/elffile.h"

/* Why the loader will not load the shim into this program, as words that follow "because";
 * NULL: it will. */
const char *loadable_obstacle(const struct elffile *elf);

/* Whether LD_PRELOAD must not be set for this program: its loader would not just ignore the
 * shim but print a message, or refuse to start. */
bool loadable_must_not_preload(const struct elffile *elf);

/* Whether this library (by its file's name or path) ends its process if another library is
 * loaded before it, as the runtime of AddressSanitizer does. */
bool loadable_must_be_first(const char *library);

/* The library of that kind that this program needs itself; NULL: none. */
const char *loadable_minds_order(const struct elffile *elf);

/* The same, if that library is too old for the option that turns its check off (gcc before
 * 10). */
const char *loadable_goes_first(const struct elffile *elf);

#endif
