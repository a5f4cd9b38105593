/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_PROGRAM_STARTER_H
#define UNFLUSHED_PROGRAM_STARTER_H

#include <stdbool.h>

#include "program/elffile.h"

/*
 * Of a command line: the words of what its first program runs in its place, as `env`, `nohup`
 * and `timeout 9` do. NULL: it runs nothing else, or that cannot be told.
 */
char *const *starter_passes_on(char *const *argv);

/* One simple command, given to a shell with -c: its first word, which the caller frees. NULL:
 * it is none, or more than that. */
char *starter_shell_command(char *const *argv);

/* Does it run the programs of others, each of which has the shim as well? */
bool starter_is_shell(const struct elffile *elf);

#endif
