/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loaded.h - the objects (program, libraries) loaded in this process.
 */
#ifndef UNFLUSHED_GUEST_LOADED_H
#define UNFLUSHED_GUEST_LOADED_H

#include <stdbool.h>
#include <stdint.h>

struct loaded {
	uintptr_t bias;		 /* load bias */
	uintptr_t low, high;	 /* first address, and the one behind the last */
	const char *path;	 /* owned by the loader; "" for the program itself */
	const uint8_t *build_id; /* NULL: has none */
	uint32_t build_id_bytes;
	uintptr_t frame_table; /* .eh_frame_hdr; 0: has none */
	const void *headers;   /* its program headers (ElfW(Phdr)), mapped while it is loaded */
	uint32_t header_count;
};

/* The object that holds an address. Takes no lock with glibc from 2.35. */
bool loaded_find(const void *address, struct loaded *found);

/* Whether an object is loaded whose path ends with `end`. Walks all objects, under the loader's
 * lock. */
bool loaded_has_path(const char *end);

/* Whether the object's read-only memory holds `text`, which is not empty. Reads all of that
 * memory (about 5 GB/s), so not on the path of a call. The object must stay loaded meanwhile.
 */
bool loaded_has_text(const struct loaded *object, const char *text);

#endif
