/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recipe.h - where the functions of librdkafka are in a program that was
 * stripped.
 *
 * To count the messages of a librdkafka inside a program, the library replaces
 * its functions (shim/linked/), which it finds in the program's symbol table.
 * If that was stripped, this room finds them and writes their addresses into a
 * file for the library (shim/format/recipe.h). It tries, in this order:
 *
 * 1. a file with the program's symbols: /usr/lib/debug/.build-id/, the program's path and
 *    ".debug", debuginfod's cache; only if its build id is the program's;
 * 2. archives that the caller names, and confluent-kafka-go's archive in Go's module cache, of
 *    the version that the program names;
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
	bool bad_input;	     /* a file that the caller names cannot be used at all */
	char from[PATH_MAX]; /* the file by which they were found, or the release's name */
};

/*
 * Finds the functions in the program's file. `archives` ends with NULL, or is
 * NULL. False: they were not found, or the program or an archive that the
 * caller names cannot be read; `why` has the end of a sentence that begins with
 * the name of a file ("app: has no build id").
 */
bool recipe_make(const char *program, char *const *archives, struct recipe *recipe, char *why,
		 size_t why_bytes);
void recipe_free(struct recipe *recipe);

/* Writes the recipe into `directory`, under the name by which the library looks for it, as a
 * file that only its owner may write. `path` (PATH_MAX bytes) gets the file's path. False:
 * `why` has the end of a sentence. */
bool recipe_write(const struct recipe *recipe, const char *directory, char *path, char *why,
		  size_t why_bytes);

/* The words before `from` in a message: "the archive", "its symbols in". */
const char *recipe_source_words(const struct recipe *recipe);

#endif
