/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options.h - a command's options as rows of a table.
 *
 * To add an option: add a row to the table of its cmd_*.c. The row defines how
 * it is parsed, how its value is checked, and its line in --help. Every table
 * has --help and -h without a row.
 *
 *	static const char *format = "text";
 *	static const struct option_row rows[] = {
 *		{ "format", 'f', OPTION_CHOICE, "FORMAT", "how to print it", .into = &format,
 *		  .choices = "text|json" },
 *		{ 0 },
 *	};
 *	static const struct option_table table = {
 *		.command = "report", .operands = "TRACE|DIR...",
 *		.purpose = "Summarise traces.", .rows = rows,
 *	};
 *	int first;
 *	char why[OPTIONS_WHY_BYTES];
 *	int answer = options_parse(&table, argc, argv, &first, why, sizeof why);
 *
 * (Commands call arguments_take(), which also reports what is wrong, and prints the help.)
 * argv[0] is the command's name; the operands are argv[first] to argv[argc - 1].
 */
#ifndef UNFLUSHED_OPTIONS_H
#define UNFLUSHED_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* What options_parse() returns. */
#define OPTIONS_PROCEED (-1)
#define OPTIONS_HELP 0	/* --help was given */
#define OPTIONS_USAGE 2 /* `why` has the error; also the exit status for it */

#define OPTIONS_WHY_BYTES 4096

enum option_kind {
	OPTION_FLAG,   /* into: bool, set to true */
	OPTION_STRING, /* into: const char * */
	OPTION_CHOICE, /* into: const char *; one of `choices`, split by '|' */
	OPTION_NUMBER, /* into: long, between `least` and `most` */
	OPTION_LIST,   /* into: struct option_list; may be given many times */
};

/* Points into argv; never freed: a command parses its options once. */
struct option_list {
	const char **items;
	size_t count;
};

struct option_row {
	const char *name; /* without the dashes; NULL ends the table */
	char letter;	  /* 0: none */
	enum option_kind kind;
	const char *argument; /* its name in the help; NULL for a flag */
	const char *help;     /* may hold '\n' */
	void *into;
	const char *choices; /* OPTION_CHOICE: its values; else words that --help lists */
	long least, most;
	bool once;   /* a second one is an error; without, the last one counts */
	bool *given; /* set to true if the option came, with any value; or NULL */
};

struct option_table {
	const char *command;
	const char *operands; /* for the usage line; "" when there are none */
	const char *purpose;  /* a sentence or a few, '\n' inside */
	const struct option_row *rows;
	bool stop_at_operand; /* `run`: what follows PROGRAM is its own */
	int operands_least;   /* fewer are an error */
	int operands_most;    /* 0: any number; -1: none at all */
	/* Options of other commands that this one refuses, and why, as words behind the
	 * option's name; NULL: none. */
	const struct option_row *refused;
	const char *refused_why;
};

/* Operands are moved behind the options unless stop_at_operand. `--` ends the
 * options and is removed. With OPTIONS_USAGE `why` has a clause. Never prints. */
int options_parse(const struct option_table *table, int argc, char **argv, int *first,
		  char *why, size_t why_bytes);

void options_help(const struct option_table *table, FILE *out);

#endif
