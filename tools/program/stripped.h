/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stripped.h - the program that a command line starts, if librdkafka is inside it and its
 * functions have no names.
 */
#ifndef UNFLUSHED_PROGRAM_STRIPPED_H
#define UNFLUSHED_PROGRAM_STRIPPED_H

#include <stdbool.h>

#include "recipe/recipe.h"

/* Looks at what env, timeout 9, sh -c and the like start in the end. True: the functions were
 * found, and the recipe is for recipe_free(). */
bool stripped_recipe(char *const *argv, struct recipe *recipe);

#endif
