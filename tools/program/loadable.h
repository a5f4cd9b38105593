/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_PROGRAM_LOADABLE_H
#define UNFLUSHED_PROGRAM_LOADABLE_H

#include <stdbool.h>

#include "program/elffile.h"

/* Why the loader will not put the shim under this program, as words that
 * follow "because"; NULL when it will. */
const char *loadable_obstacle(const struct elffile *elf);

/* Must LD_PRELOAD be kept away from this program? Its loader would not just
 * ignore the shim but speak, or refuse to start. */
bool loadable_must_not_preload(const struct elffile *elf);

/* A library that ends its host when another is loaded before it (the runtime
 * of AddressSanitizer), by its file's name or path. */
bool loadable_must_be_first(const char *library);

/* The one of those that this program asks for; NULL: none. The program's own. */
const char *loadable_minds_order(const struct elffile *elf);

/* The same, if it is too old to be told not to mind (gcc before 10). */
const char *loadable_goes_first(const struct elffile *elf);

#endif
