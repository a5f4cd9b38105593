/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_PROGRAM_STARTER_H
#define UNFLUSHED_PROGRAM_STARTER_H

#include <stdbool.h>

#include "program/elffile.h"

/*
 * Returns the part of a command line that its first program runs in its place,
 * as `env`, `nohup` and `timeout 9` do. NULL: it runs no other program, or that
 * is not known.
 */
char *const *starter_passes_on(char *const *argv);

/* The first word of the one simple command that a shell is given with -c; the caller frees it.
 * NULL: there is no such command, or more than one simple command. */
char *starter_shell_command(char *const *argv);

/* Whether it is a shell: the programs that it starts inherit the shim. */
bool starter_is_shell(const struct elffile *elf);

#endif
