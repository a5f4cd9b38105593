/* SPDX-License-Identifier: Apache-2.0 */
/*
 * symbols.h - finds the addresses of functions in the program, from its symbol
 * table or, if it was stripped, from a recipe (format/recipe.h).
 *
 * The symbol table is only in the program's file, not in memory: /proc/self/exe
 * is mapped, read and unmapped again.
 */
#ifndef UNFLUSHED_LINKED_SYMBOLS_H
#define UNFLUSHED_LINKED_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linked/recipe.h"

struct symbol {
	const char *name;  /* in: the function that is sought */
	uintptr_t address; /* out: in this process; 0: the table does not have this name */
	size_t bytes;	   /* out: the size of its code; 0: the table does not say */
	bool is_lost;	   /* out: the program has it, but its address is not certain */
	bool as_filed;	   /* out: its code in memory equals the file's, byte for byte */
};

enum symbols_found {
	SYMBOLS_UNREADABLE, /* /proc/self/exe cannot be opened or mapped, or is damaged */
	SYMBOLS_NONE,	    /* the program has none of these functions */
	SYMBOLS_SOME,
	SYMBOLS_BY_RECIPE, /* some, from a recipe */
};

/*
 * Looks for functions whose names all begin with `prefix`, in .symtab, or in
 * .dynsym if the program has no .symtab. `bias` is added to every address. A
 * name that the table has at two addresses is lost: it is not certain which one
 * the program calls.
 */
enum symbols_found symbols_find(const char *prefix, struct symbol *symbols, size_t count,
				uintptr_t bias);

/* Takes the addresses from a recipe. SYMBOLS_NONE also if the program's file has other code at
 * these addresses than the recipe says. */
enum symbols_found symbols_by_recipe(const struct recipe_file *recipe, struct symbol *symbols,
				     size_t count, uintptr_t bias);

#endif
