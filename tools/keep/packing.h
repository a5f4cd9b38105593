/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packing.h - packs traces into one file, and removes them when they are safely in it.
 *
 * Traces of running processes are left out unless asked for, and are never removed. The file
 * gets its name when it is whole; then it is read back and compared with the traces, and only
 * traces that are in it byte for byte may be removed. Errors are reported (say.h).
 */
#ifndef UNFLUSHED_KEEP_PACKING_H
#define UNFLUSHED_KEEP_PACKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

struct packing_item {
	char *path;
	char *name;	   /* in the file */
	struct stat about; /* lstat() before it was read */
	bool running;	   /* also if it is not known whether it runs */
	bool packed, same; /* it is in the file; and equal when read back */
};

struct packing {
	struct packing_item *items; /* in the order of the file */
	size_t count;
	bool unreadable; /* a path could not be read, which was reported */
	bool empty;	 /* no trace was found */
	size_t packed, left_running, removed;
	uint64_t disk_bytes;   /* disk space of the packed traces */
	uint64_t packed_bytes; /* size of the packed file */
	uint64_t freed_bytes;  /* disk space of the traces that were removed */
};

/* Adds the traces that these operands name. */
void packing_take(struct packing *packing, const char *const *operands, size_t count);
/* Writes the file `path`, which must not exist yet, and reads it back. False: it could not be
 * written, or differs from what was written; that has been reported. If there is nothing to
 * pack no file is made. `live`: packs also traces of running processes. */
bool packing_write(struct packing *packing, const char *path, bool live);
/* Removes the traces that were read back equal. */
void packing_remove(struct packing *packing);
void packing_free(struct packing *packing);

#endif
