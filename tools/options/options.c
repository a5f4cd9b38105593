/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options.c - parses a command's options by its table, and prints its help.
 *
 * Beside the cmd_*.c this is the one file that speaks to stderr: a usage
 * error reads the same in every command. Nothing is guessed: no prefixes of
 * option names, no number with rubbish behind it, no value outside its range.
 */
#include "options/options.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define HELP_COLUMN 26

int options_complain(const struct option_table *table, const char *words, ...)
{
	va_list list;

	fprintf(stderr, "unflushed %s: ", table->command);
	va_start(list, words);
	vfprintf(stderr, words, list);
	va_end(list);
	fprintf(stderr, "\n`unflushed %s --help` lists its options.\n", table->command);
	return OPTIONS_USAGE;
}

static void help_text(const char *text, int column, FILE *out)
{
	for (; *text; text++) {
		fputc(*text, out);
		if (*text == '\n')
			fprintf(out, "%*s", column, "");
	}
	fputc('\n', out);
}

static void help_row(const struct option_row *row, FILE *out)
{
	char left[64];
	char letter[5] = "    ";

	if (row->letter)
		snprintf(letter, sizeof letter, "-%c, ", row->letter);
	snprintf(left, sizeof left, "  %s--%s%s%s", letter, row->name, row->argument ? " " : "",
		 row->argument ? row->argument : "");
	fprintf(out, "%-*s", HELP_COLUMN, left);
	if (strlen(left) >= HELP_COLUMN)
		fprintf(out, "\n%*s", HELP_COLUMN, "");
	help_text(row->help, HELP_COLUMN, out);
	if (row->choices) {
		fprintf(out, "%*s(", HELP_COLUMN, "");
		for (const char *at = row->choices; *at; at++)
			fputs(*at == '|' ? ", " : (char[]){*at, 0}, out);
		fputs(")\n", out);
	}
}

void options_help(const struct option_table *table, FILE *out)
{
	static const struct option_row help = {
		.name = "help", .letter = 'h', .help = "print this and exit"};

	fprintf(out, "Usage: unflushed %s [options]%s%s\n\n%s\n\nOptions:\n", table->command,
		*table->operands ? " " : "", table->operands, table->purpose);
	for (const struct option_row *row = table->rows; row->name; row++)
		help_row(row, out);
	help_row(&help, out);
}

static bool choice_known(const char *choices, const char *value)
{
	size_t length = strlen(value);

	for (const char *at = choices; at; at = strchr(at, '|'), at = at ? at + 1 : NULL)
		if (length && !strncmp(at, value, length) && (!at[length] || at[length] == '|'))
			return true;
	return false;
}

static int take_number(const struct option_table *table, const struct option_row *row,
		       const char *value)
{
	char *end;

	errno = 0;
	long number = strtol(value, &end, 10);
	if (end == value || *end || errno)
		return options_complain(table, "--%s wants a number, not '%s'", row->name,
					value);
	if (number < row->least || number > row->most)
		return options_complain(table, "--%s must be between %ld and %ld, not %ld",
					row->name, row->least, row->most, number);
	*(long *)row->into = number;
	return OPTIONS_PROCEED;
}

static int take_item(const struct option_table *table, struct option_list *list,
		     const char *value)
{
	const char **items = realloc(list->items, (list->count + 1) * sizeof *items);

	if (!items)
		return options_complain(table, "out of memory");
	items[list->count++] = value;
	list->items = items;
	return OPTIONS_PROCEED;
}

static int take_value(const struct option_table *table, const struct option_row *row,
		      const char *value)
{
	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)row->into = true;
		return OPTIONS_PROCEED;
	case OPTION_CHOICE:
		if (!choice_known(row->choices, value))
			return options_complain(table, "--%s must be one of %s, not '%s'",
						row->name, row->choices, value);
		*(const char **)row->into = value;
		return OPTIONS_PROCEED;
	case OPTION_STRING:
		*(const char **)row->into = value;
		return OPTIONS_PROCEED;
	case OPTION_NUMBER:
		return take_number(table, row, value);
	case OPTION_LIST:
		return take_item(table, row->into, value);
	}
	return OPTIONS_USAGE;
}

/* `length` is that of the name alone: "format" of "format=json". */
static const struct option_row *find_name(const struct option_table *table, const char *name,
					  size_t length)
{
	for (const struct option_row *row = table->rows; row->name; row++)
		if (strlen(row->name) == length && !strncmp(row->name, name, length))
			return row;
	return NULL;
}

static const struct option_row *find_letter(const struct option_table *table, char letter)
{
	for (const struct option_row *row = table->rows; row->name; row++)
		if (row->letter == letter)
			return row;
	return NULL;
}

/* One argument that begins with a dash; *at is moved over a value that stands
 * in the next one. */
static int take_option(const struct option_table *table, int argc, char **argv, int *at)
{
	const char *word = argv[*at];
	const struct option_row *row;
	const char *value = NULL;

	if (word[1] == '-') {
		size_t length = strcspn(word + 2, "=");

		row = find_name(table, word + 2, length);
		if (word[2 + length])
			value = word + 2 + length + 1;
	} else {
		row = find_letter(table, word[1]);
		if (word[2])
			value = word + 2;
	}
	if (!row)
		return options_complain(table, "unknown option '%s'", word);
	if (row->kind == OPTION_FLAG && value)
		return options_complain(table, "'%s': --%s takes no value", word, row->name);
	if (row->kind != OPTION_FLAG && !value) {
		if (*at + 1 >= argc)
			return options_complain(table, "--%s wants a value: %s", row->name,
						row->argument);
		value = argv[++*at];
	}
	return take_value(table, row, value);
}

static int check_operands(const struct option_table *table, int count, const char *last)
{
	if (count < table->operands_least)
		return options_complain(table, "%s is missing", table->operands);
	if (table->operands_most == -1 && count)
		return options_complain(table, "'%s' is not expected here", last);
	if (table->operands_most > 0 && count > table->operands_most)
		return options_complain(table, "'%s' is one too many", last);
	return OPTIONS_PROCEED;
}

/* Options go to the front of argv and operands behind them, each in order:
 * `seen` counts the operands already passed, which stand just before `at`. */
static void move_forward(char **argv, int from, int to, int seen)
{
	for (int i = from; i <= to; i++) {
		char *option = argv[i];

		memmove(argv + i - seen + 1, argv + i - seen, (size_t)seen * sizeof *argv);
		argv[i - seen] = option;
	}
}

int options_parse(const struct option_table *table, int argc, char **argv, int *first)
{
	int operands = 0;
	int at;

	for (at = 1; at < argc; at++) {
		int from = at;

		if (argv[at][0] != '-' || !argv[at][1]) {
			if (table->stop_at_operand)
				break;
			operands++;
			continue;
		}
		if (!strcmp(argv[at], "--")) {
			move_forward(argv, at, at, operands);
			at++;
			break;
		}
		if (!strcmp(argv[at], "--help") || !strcmp(argv[at], "-h")) {
			options_help(table, stdout);
			return 0;
		}
		int status = take_option(table, argc, argv, &at);
		if (status != OPTIONS_PROCEED)
			return status;
		move_forward(argv, from, at, operands);
	}
	*first = at - operands;
	return check_operands(table, argc - *first, argc > 1 ? argv[argc - 1] : "");
}
