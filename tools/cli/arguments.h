/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arguments.h - parses a command's options, prints its help, reports wrong usage.
 */
#ifndef UNFLUSHED_CLI_ARGUMENTS_H
#define UNFLUSHED_CLI_ARGUMENTS_H

#include "options/options.h"

/* options_parse() for a command. OPTIONS_PROCEED: the operands are argv[first] and on. Every
 * other result is the command's exit status: the help was printed (1: it could not be), or the
 * error was (OPTIONS_USAGE). */
int arguments_take(const struct option_table *table, int argc, char **argv, int *first);

/* Prints "unflushed COMMAND: ..." and how to get help; returns OPTIONS_USAGE. */
int arguments_refuse(const struct option_table *table, const char *words, ...)
	__attribute__((format(printf, 2, 3)));

#endif
