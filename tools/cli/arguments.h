/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arguments.h - a command's options taken, its help printed, its misuse said.
 */
#ifndef UNFLUSHED_CLI_ARGUMENTS_H
#define UNFLUSHED_CLI_ARGUMENTS_H

#include "options/options.h"

/* options_parse() for a command. OPTIONS_PROCEED: the operands are argv[first] and on. Every
 * other answer is the command's exit status: help was asked for and printed (1: it could not
 * be), or what is wrong was said (OPTIONS_USAGE). */
int arguments_take(const struct option_table *table, int argc, char **argv, int *first);

/* Says "unflushed COMMAND: ..." and how to get help; answers OPTIONS_USAGE. */
int arguments_refuse(const struct option_table *table, const char *words, ...)
	__attribute__((format(printf, 2, 3)));

#endif
