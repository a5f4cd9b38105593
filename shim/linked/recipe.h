/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recipe.h - reads the file that says where librdkafka's functions are in a
 * stripped program (format/recipe.h). It is in the directory of the traces.
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
 * Opens the recipe of the program whose build id is given. False: there is
 * none, or it is not used because it is no regular file, does not belong to
 * this user or root, is writable by others, is damaged, or was made for another
 * program.
 */
bool recipe_open(const char *directory, const uint8_t *id, size_t id_bytes,
		 struct recipe_file *recipe);
void recipe_close(const struct recipe_file *recipe);

#endif
