/* SPDX-License-Identifier: Apache-2.0 */
/*
 * released.h - the functions of the librdkafka archives that
 * confluent-kafka-go's releases contain, with the bytes by which they can be
 * found in a program.
 *
 * tools/recipe/released.py writes the rows of released.def from the archives.
 */
#ifndef UNFLUSHED_RECIPE_RELEASED_H
#define UNFLUSHED_RECIPE_RELEASED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "recipe/pieces.h"

struct release {
	const char *name; /* "confluent-kafka-go v2.11.1" */
	uint16_t machine; /* e_machine */
	struct piece *pieces;
	size_t count;
	struct piece_function *functions; /* of all pieces, as windows, values and known are */
	struct window *windows;
	uint8_t *values, *known;
};

/* The release of this index, from 0 on, for released_free(); false: there are no more. */
bool released_get(size_t index, struct release *release);
void released_free(struct release *release);

#endif
