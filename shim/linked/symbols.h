/* SPDX-License-Identifier: Apache-2.0 */
/*
 * symbols.h - where functions are in the program: by its own symbol table, or, where that was
 * stripped, by a recipe (format/recipe.h).
 *
 * The table is in the program's file alone, not in memory: /proc/self/exe is mapped, read and
 * unmapped again.
 */
#ifndef UNFLUSHED_LINKED_SYMBOLS_H
#define UNFLUSHED_LINKED_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linked/recipe.h"

struct symbol {
	const char *name;  /* in: the function that is sought */
	uintptr_t address; /* out: in this process; 0: the table has none of that name */
	size_t bytes;	   /* out: of its code; 0: the table does not say */
	bool is_lost;	   /* out: it is there, and no one place is known for it */
	bool as_filed;	   /* out: its code in memory is that of the file, byte for byte */
};

enum symbols_found {
	SYMBOLS_UNREADABLE, /* /proc/self/exe cannot be opened or mapped, or is damaged */
	SYMBOLS_NONE,	    /* none of those that are sought is there */
	SYMBOLS_SOME,
	SYMBOLS_BY_RECIPE, /* some, and the recipe says where they are */
};

/*
 * Looks for functions whose names all begin with `prefix`, in .symtab, and where a program
 * was stripped of that, in .dynsym. `bias` is added to every address. A name that the table
 * has twice, at two addresses, is not found: nobody can say which is meant.
 */
enum symbols_found symbols_find(const char *prefix, struct symbol *symbols, size_t count,
				uintptr_t bias);

/* Takes the places from a recipe. SYMBOLS_NONE also if the program's file has other code there
 * than the recipe says. */
enum symbols_found symbols_by_recipe(const struct recipe_file *recipe, struct symbol *symbols,
				     size_t count, uintptr_t bias);

#endif
