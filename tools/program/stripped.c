/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stripped.c - see stripped.h.
 */
#include "program/stripped.h"

#include <stdlib.h>

#include "program/elffile.h"
#include "program/search.h"
#include "program/starter.h"

static bool find(const char *program, struct recipe *recipe)
{
	char path[PATH_MAX], why[PATH_MAX + 256];
	struct elffile elf;
	bool found = false;

	if (!search_program(program, path, sizeof(path)))
		return false;
	if (elffile_read(path, &elf, why, sizeof(why)))
		found = elf.librdkafka == ELFFILE_LIBRDKAFKA_HIDDEN &&
			elffile_linked(elf.path) == ELFFILE_LINKED_NAMELESS &&
			recipe_make(elf.path, NULL, recipe, why, sizeof(why));
	elffile_clear(&elf);
	return found;
}

bool stripped_recipe(char *const *argv, struct recipe *recipe)
{
	char *const *next;

	while ((next = starter_passes_on(argv)))
		argv = next;
	char *command = starter_shell_command(argv);
	bool found = find(command ? command : argv[0], recipe);

	free(command);
	return found;
}
