/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_PROGRAM_SCRIPT_H
#define UNFLUSHED_PROGRAM_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Replaces `path` by the file that the kernel runs for it: a script's
 * interpreter, also through env(1) and further scripts. The path of a program
 * or of a file that does not exist stays as it is. False, with words in `why`
 * that follow "it": nothing can be run, because an interpreter does not exist,
 * or because too many scripts name each other.
 */
bool script_follow(char *path, size_t path_bytes, char *why, size_t why_bytes);

#endif
