/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arguments.c - see arguments.h.
 */
#include "cli/arguments.h"

#include "output/output.h"
#include "say/say.h"

int arguments_refuse(const struct option_table *table, const char *words, ...)
{
	va_list list;

	va_start(list, words);
	say_of(table->command, words, list);
	va_end(list);
	say_plain("`unflushed %s --help` lists its options.", table->command);
	return OPTIONS_USAGE;
}

static int help(const struct option_table *table)
{
	struct output output;

	output_open(&output, NULL, OUTPUT_STDOUT);
	options_help(table, output.file);
	return output_end(&output, "the help") ? 0 : 1;
}

int arguments_take(const struct option_table *table, int argc, char **argv, int *first)
{
	char why[OPTIONS_WHY_BYTES];
	int answer = options_parse(table, argc, argv, first, why, sizeof why);

	if (answer == OPTIONS_HELP)
		return help(table);
	return answer == OPTIONS_USAGE ? arguments_refuse(table, "%s", why) : answer;
}
