/* SPDX-License-Identifier: Apache-2.0 */
/*
 * objects.h - the pieces of librdkafka in an archive of object files (librdkafka.a).
 */
#ifndef UNFLUSHED_RECIPE_OBJECTS_H
#define UNFLUSHED_RECIPE_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "recipe/pieces.h"

struct objects {
	struct piece *pieces; /* each has a function that is needed (needed.h) */
	size_t count;
	bool by_function; /* each function has a section of its own */
};

/* Reads the object files for `machine` (e_machine). False: it cannot be read, is no archive,
 * has no function of librdkafka's, or has each in a section of its own; `why` has the end of a
 * sentence.
 */
bool objects_read(const char *path, uint16_t machine, struct objects *objects, char *why,
		  size_t why_bytes);
void objects_free(struct objects *objects);

#endif
