/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_recipe.c - `unflushed recipe`: finds the functions of librdkafka in a
 * stripped program
 */
#include "cli/arguments.h"
#include "cli/commands.h"
#include "model/verdict.h"
#include "output/output.h"
#include "program/elffile.h"
#include "program/search.h"
#include "read/printable.h"
#include "recipe/recipe.h"
#include "say/say.h"

#include <stdio.h>
#include <stdlib.h>

static const char *directory;

/* Aligned by hand. */
/* clang-format off */
static const struct option_row rows[] = {
	{ "dir", 'd', OPTION_STRING, "DIR", "where its traces will be (UNFLUSHED_DIR)",
	  .into = &directory },
	{ 0 },
};
/* clang-format on */

static const struct option_table table = {
	.command = "recipe",
	.operands = "PROGRAM [ARCHIVE...]",
	.purpose =
		"Finds the functions of librdkafka in a program that has it inside and was "
		"stripped of\n"
		"its symbols, and writes where they are into the directory of the traces: the "
		"shim\n"
		"counts its messages from then on. `run` does this by itself for the program "
		"that it\n"
		"starts; this is for its children, for daemons, and to name the archive "
		"(librdkafka.a)\n"
		"that the program was linked with. Exits with 83 when they are not found.",
	.rows = rows,
	.operands_least = 1,
};

/* The library looks in the directory of the same variable. */
static bool directory_known(void)
{
	if (!directory)
		directory = getenv("UNFLUSHED_DIR");
	return directory && *directory;
}

/* False, after a message: the functions do not have to be searched for. */
static bool is_in_need(const struct elffile *elf, int *status)
{
	*status = 0;
	if (elf->librdkafka != ELFFILE_LIBRDKAFKA_HIDDEN) {
		say("%s: holds no librdkafka", elf->path);
		*status = verdict_exit_code(VERDICT_BLIND);
		return false;
	}
	if (elffile_linked(elf->path) == ELFFILE_LINKED_NAMELESS)
		return true;
	printf("%s has its symbols: no recipe is needed\n", elf->path);
	return false;
}

static int make(const char *program, char *const *archives)
{
	char path[PATH_MAX], why[PATH_MAX + 256];
	struct recipe recipe;
	int status = 0;

	if (!recipe_make(program, archives, &recipe, why, sizeof(why))) {
		say("%s", why);
		return recipe.bad_input ? 3 : verdict_exit_code(VERDICT_BLIND);
	}
	if (recipe_write(&recipe, directory, path, why, sizeof(why))) {
		printf("%s: %u functions, by %s %s\n", path, (unsigned)recipe.head.count,
		       recipe_source_words(&recipe), recipe.from);
	} else {
		say("%s: %s", path, why);
		status = 1;
	}
	recipe_free(&recipe);
	return status;
}

int cmd_recipe(int argc, char **argv)
{
	char path[PATH_MAX], why[256];
	struct elffile elf;
	int first, status = arguments_take(&table, argc, argv, &first);

	if (status != OPTIONS_PROCEED)
		return status;
	if (!directory_known())
		return arguments_refuse(&table, "--dir is needed: where the traces will be");
	if (!search_program(argv[first], path, sizeof(path))) {
		say("%s: no such program", argv[first]);
		return 2;
	}
	if (!elffile_read(path, &elf, why, sizeof(why))) {
		say("%s: %s", argv[first], why);
		return 3;
	}
	if (is_in_need(&elf, &status))
		status = make(elf.path, argv + first + 1);
	elffile_clear(&elf);
	return status;
}
