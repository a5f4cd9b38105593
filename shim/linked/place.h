/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place.h - one function's part of the island, while it is built.
 *
 * The bytes are built in a buffer and copied to the island later, so relative
 * offsets are computed from `address`, not from the buffer's address.
 */
#ifndef UNFLUSHED_LINKED_PLACE_H
#define UNFLUSHED_LINKED_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct place {
	uint8_t *bytes;
	size_t used, room;
	uintptr_t address; /* of bytes[0], once the island is written */
};

static inline bool place_add(struct place *place, const void *bytes, size_t count)
{
	if (count > place->room - place->used)
		return false;
	memcpy(place->bytes + place->used, bytes, count);
	place->used += count;
	return true;
}

/* The address that the next byte will have. */
static inline uintptr_t place_next(const struct place *place)
{
	return place->address + place->used;
}

#endif
