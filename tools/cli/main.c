/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main.c - finds the command; everything else is in its cmd_*.c.
 */
#include <jansson.h>
#include <libxml/xmlmemory.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/version.h"
#include "memory/memory.h"
#include "options/nearest.h"
#include "options/options.h"
#include "output/output.h"
#include "say/say.h"

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
	fputs("\n`unflushed help COMMAND` explains one; `unflushed --version` says which\n"
	      "this is. Start with:  unflushed run -- PROGRAM [ARG...]\n",
	      out);
}

static const struct command *command_of(const char *word)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (!strcmp(commands[i].name, word))
			return &commands[i];
	return NULL;
}

static void unknown_say(const char *word)
{
	struct nearest nearest = {.word = word};

	for (size_t i = 0; i < COMMAND_COUNT; i++)
		nearest_try(&nearest, commands[i].name);
	if (nearest.found)
		say("there is no command '%s': did you mean '%s'?", word, nearest.found);
	else
		say("there is no command '%s'", word);
}

static int help_asked_for(void)
{
	struct output output;

	output_open(&output, NULL, OUTPUT_STDOUT);
	help(output.file);
	return output_end(&output, "the help") ? 0 : 1;
}

static int version(void)
{
	struct output output;

	output_open(&output, NULL, OUTPUT_STDOUT);
	version_print(output.file, version_commit);
	return output_end(&output, "the version") ? 0 : 1;
}

static int usage(const char *word)
{
	struct output output;

	if (*word)
		unknown_say(word);
	output_open(&output, NULL, OUTPUT_STDERR);
	help(output.file);
	output_end(&output, "the help");
	return OPTIONS_USAGE;
}

/* `unflushed help COMMAND` is `unflushed COMMAND --help`. */
static int help_of(const char *word)
{
	const struct command *command = command_of(word);
	char name[32], option[] = "--help";
	char *argv[] = {name, option, NULL};

	if (!command)
		return usage(word);
	snprintf(name, sizeof name, "%s", command->name);
	return command->run(2, argv);
}

static void *xml_grown(void *old, size_t bytes)
{
	return memory_grown(old, bytes, 1);
}

int main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";

	memory_when_out(say_out_of_memory);
	json_set_alloc_funcs(memory_take, free);
	xmlMemSetup(free, memory_take, xml_grown, memory_text);
	if (!strcmp(word, "help") && argc > 2)
		return help_of(argv[2]);
	if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help"))
		return help_asked_for();
	if (!strcmp(word, "--version") || !strcmp(word, "-V"))
		return version();
	const struct command *command = command_of(word);

	return command ? command->run(argc - 1, argv + 1) : usage(word);
}
