/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main.c - finds the command; everything else is in its cmd_*.c.
 */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "options/options.h"

static const struct command {
	const char *name;
	const char *purpose;
	int (*run)(int argc, char **argv);
} commands[] = {
#define COMMAND_ROW(name, purpose) {#name, purpose, cmd_##name},
	COMMANDS(COMMAND_ROW)
#undef COMMAND_ROW
};
#define COMMAND_COUNT (sizeof commands / sizeof *commands)

static void help(FILE *out)
{
	fputs("Usage: unflushed COMMAND [options] ...\n\n"
	      "Says which Kafka messages of a program never reached the broker, and why.\n\n"
	      "Commands:\n",
	      out);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].purpose);
	fputs("\n`unflushed COMMAND --help` explains one; `unflushed --version` says which\n"
	      "this is. Start with:  unflushed run -- PROGRAM [ARG...]\n",
	      out);
}

int main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";

	if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help")) {
		help(stdout);
		return 0;
	}
	if (!strcmp(word, "--version") || !strcmp(word, "-V")) {
		puts("unflushed " UNFLUSHED_VERSION);
		return 0;
	}
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (!strcmp(commands[i].name, word))
			return commands[i].run(argc - 1, argv + 1);
	if (*word)
		fprintf(stderr, "unflushed: there is no command '%s'\n", word);
	help(stderr);
	return OPTIONS_USAGE;
}
