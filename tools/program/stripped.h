/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stripped.h - makes the recipe of the program that a command line starts, if
 * that contains librdkafka and its symbol table was stripped.
 */
#ifndef UNFLUSHED_PROGRAM_STRIPPED_H
#define UNFLUSHED_PROGRAM_STRIPPED_H

#include <stdbool.h>

#include "recipe/recipe.h"

/* Looks at the program that is started in the end, also behind env, timeout 9, sh -c and the
 * like. True: the functions were found, and the caller must call recipe_free(). */
bool stripped_recipe(char *const *argv, struct recipe *recipe);

#endif
