/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options.c - parses a command's options by its table, and prints its help.
 *
 * Nothing is guessed: prefixes of option names, numbers followed by other
 * characters and values outside their range are errors.
 */
#include "options/options.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "memory/memory.h"
#include "options/nearest.h"

#define HELP_COLUMN 26
#define HELP_WIDTH 80

/* One call of options_parse(). */
struct parse {
	const struct option_table *table;
	char *why;
	size_t why_bytes;
	const struct option_row *once; /* the row that may come only once, after it came */
};

static int refuse(const struct parse *parse, const char *words, ...)
	__attribute__((format(printf, 2, 3)));

static int refuse(const struct parse *parse, const char *words, ...)
{
	va_list list;

	va_start(list, words);
	vsnprintf(parse->why, parse->why_bytes, words, list);
	va_end(list);
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

/* "(text, json)", on as many lines as it takes. */
static void help_choices(const char *choices, FILE *out)
{
	size_t column = HELP_COLUMN + 1, length;

	fprintf(out, "%*s(", HELP_COLUMN, "");
	for (const char *at = choices; *at; at += length + (at[length] == '|')) {
		length = strcspn(at, "|");
		if (at != choices && column + 2 + length >= HELP_WIDTH) {
			fprintf(out, ",\n%*s", HELP_COLUMN + 1, "");
			column = HELP_COLUMN + 1;
		} else if (at != choices) {
			column += (size_t)fprintf(out, ", ");
		}
		column += fwrite(at, 1, length, out);
	}
	fputs(")\n", out);
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
	if (row->choices)
		help_choices(row->choices, out);
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

static int take_number(const struct parse *parse, const struct option_row *row,
		       const char *value)
{
	char *end;

	errno = 0;
	long number = strtol(value, &end, 10);
	if (end == value || *end || errno)
		return refuse(parse, "--%s wants a number, not '%s'", row->name, value);
	if (number < row->least || number > row->most)
		return refuse(parse, "--%s must be between %ld and %ld, not %ld", row->name,
			      row->least, row->most, number);
	*(long *)row->into = number;
	return OPTIONS_PROCEED;
}

static void take_item(struct option_list *list, const char *value)
{
	list->items = memory_grown(list->items, list->count + 1, sizeof *list->items);
	list->items[list->count++] = value;
}

/* Refuses an empty value: it comes from an unset variable in a script, and names nothing. */
static int take_text(const struct parse *parse, const struct option_row *row, const char *value)
{
	if (!*value)
		return refuse(parse, "--%s wants %s, and got nothing", row->name,
			      row->argument);
	if (row->kind == OPTION_LIST)
		take_item(row->into, value);
	else
		*(const char **)row->into = value;
	return OPTIONS_PROCEED;
}

static int take_value(const struct parse *parse, const struct option_row *row,
		      const char *value)
{
	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)row->into = true;
		return OPTIONS_PROCEED;
	case OPTION_CHOICE:
		if (!choice_known(row->choices, value))
			return refuse(parse, "--%s must be one of %s, not '%s'", row->name,
				      row->choices, value);
		*(const char **)row->into = value;
		return OPTIONS_PROCEED;
	case OPTION_STRING:
	case OPTION_LIST:
		return take_text(parse, row, value);
	case OPTION_NUMBER:
		return take_number(parse, row, value);
	}
	return OPTIONS_USAGE;
}

/* `length`: only the name's, "format" of "format=json". */
static const struct option_row *find_name(const struct option_row *rows, const char *name,
					  size_t length)
{
	for (const struct option_row *row = rows; row && row->name; row++)
		if (strlen(row->name) == length && !strncmp(row->name, name, length))
			return row;
	return NULL;
}

static const struct option_row *find_letter(const struct option_row *rows, char letter)
{
	for (const struct option_row *row = rows; row && row->name; row++)
		if (row->letter == letter)
			return row;
	return NULL;
}

/* "--format=json" or "-fjson". */
static const struct option_row *find(const struct option_row *rows, const char *word)
{
	return word[1] == '-' ? find_name(rows, word + 2, strcspn(word + 2, "="))
			      : find_letter(rows, word[1]);
}

static int refuse_unknown(const struct parse *parse, const char *word)
{
	char name[64] = "";
	struct nearest nearest = {.word = name};
	const struct option_row *refused = find(parse->table->refused, word);

	if (refused)
		return refuse(parse, "--%s %s", refused->name, parse->table->refused_why);
	if (word[1] == '-')
		snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2);
	for (const struct option_row *row = parse->table->rows; row->name; row++)
		nearest_try(&nearest, row->name);
	if (!nearest.found)
		return refuse(parse, "unknown option '%s'", word);
	return refuse(parse, "unknown option '%s': did you mean --%s?", word, nearest.found);
}

/* Parses one argument that begins with a dash; if its value is the next argument, *at is
 * moved over that. */
static int take_option(struct parse *parse, int argc, char **argv, int *at)
{
	const char *word = argv[*at];
	const struct option_row *row = find(parse->table->rows, word);
	const char *value = NULL;

	if (word[1] == '-') {
		size_t length = strcspn(word + 2, "=");

		if (word[2 + length])
			value = word + 2 + length + 1;
	} else if (word[2]) {
		value = word + 2;
	}
	if (!row)
		return refuse_unknown(parse, word);
	if (row->kind == OPTION_FLAG && value)
		return refuse(parse, "'%s': --%s takes no value", word, row->name);
	if (row->kind != OPTION_FLAG && !value) {
		if (*at + 1 >= argc)
			return refuse(parse, "--%s wants a value: %s", row->name,
				      row->argument);
		value = argv[++*at];
	}
	if (row->once && parse->once == row)
		return refuse(parse, "--%s is given twice", row->name);
	if (row->once)
		parse->once = row;
	if (row->given)
		*row->given = true;
	return take_value(parse, row, value);
}

static int check_operands(const struct parse *parse, int count, const char *last)
{
	const struct option_table *table = parse->table;

	if (count < table->operands_least)
		return refuse(parse, "%s is missing", table->operands);
	if (table->operands_most == -1 && count)
		return refuse(parse, "'%s' is not expected here", last);
	if (table->operands_most > 0 && count > table->operands_most)
		return refuse(parse, "'%s' is one too many", last);
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

int options_parse(const struct option_table *table, int argc, char **argv, int *first,
		  char *why, size_t why_bytes)
{
	struct parse parse = {.table = table, .why = why, .why_bytes = why_bytes};
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
		if (!strcmp(argv[at], "--help") || !strcmp(argv[at], "-h"))
			return OPTIONS_HELP;
		int status = take_option(&parse, argc, argv, &at);
		if (status != OPTIONS_PROCEED)
			return status;
		move_forward(argv, from, at, operands);
	}
	*first = at - operands;
	return check_operands(&parse, argc - *first, argc > 1 ? argv[argc - 1] : "");
}
