/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_PROGRAM_SCRIPT_H
#define UNFLUSHED_PROGRAM_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Puts into `path` which file is run when that one is: a script's interpreter, through env(1)
 * and further scripts. A program's file, and one that is not there, is left as it is. False,
 * with words in `why` that follow "it": nothing is run, because an interpreter is not there,
 * or scripts lead to scripts without end.
 */
bool script_follow(char *path, size_t path_bytes, char *why, size_t why_bytes);

#endif
