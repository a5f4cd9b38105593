/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recipe.h - the file that says where a stripped program has librdkafka's functions
 * (format/recipe.h), as it lies in the directory of the traces.
 */
#ifndef UNFLUSHED_LINKED_RECIPE_H
#define UNFLUSHED_LINKED_RECIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/recipe.h"

struct recipe_file {
	const struct recipe_row *rows; /* each name ends with a 0 byte */
	size_t count;
	const void *mapped;
	size_t mapped_bytes;
};

/*
 * Opens the recipe of the program whose build id is given. False: there is none, or it is not
 * used: it is no regular file, is not of this user or root, others may write to it, it is
 * damaged, or it is of another program.
 */
bool recipe_open(const char *directory, const uint8_t *id, size_t id_bytes,
		 struct recipe_file *recipe);
void recipe_close(const struct recipe_file *recipe);

#endif
