/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recipe.h - where the functions of librdkafka are in a program that was stripped.
 *
 * The library counts the messages of a librdkafka inside a program by its functions
 * (shim/linked/), which it finds in the program's symbol table. Where that was stripped, they
 * are found here, from what is known of the code, and handed to the library as a file
 * (shim/format/recipe.h). In turn:
 *
 * 1. a file with the program's symbols: /usr/lib/debug/.build-id/, the program's path and
 *    ".debug", debuginfod's cache; only if its build id is the program's;
 * 2. archives that the caller names, and that of confluent-kafka-go in Go's module cache, of
 * the version that the program names;
 * 3. archives that were released (released.def);
 * 4. the librdkafka.a of this machine, in /usr/lib and /usr/local/lib.
 */
#ifndef UNFLUSHED_RECIPE_RECIPE_H
#define UNFLUSHED_RECIPE_RECIPE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "format/recipe.h"

struct recipe {
	struct recipe_head head;
	struct recipe_row *rows;
	char from[PATH_MAX]; /* the file that it was found by, or the release's name */
};

/*
 * Finds the functions in the program's file. `archives` ends with NULL, or is NULL. False: they
 * were not found, or the program or an archive that the caller names cannot be read; `why` has
 * a sentence's end that begins with the name of the file it is about ("app: has no build id").
 */
bool recipe_make(const char *program, char *const *archives, struct recipe *recipe, char *why,
		 size_t why_bytes);
void recipe_free(struct recipe *recipe);

/* Writes it into a directory, under the name by which the library looks for it, for its owner
 * alone to change. `path` (PATH_MAX) is that. False: `why` has a sentence's end. */
bool recipe_write(const struct recipe *recipe, const char *directory, char *path, char *why,
		  size_t why_bytes);

/* "the archive", "its symbols in": words before `from`. */
const char *recipe_source_words(const struct recipe *recipe);

#endif
