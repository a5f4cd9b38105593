/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packing.h - traces into one packed file, and away when they are safely in it.
 *
 * Who runs is left out unless asked for, and what he leaves is never taken away. The file has
 * its name when it is whole; then it is read back and held against the traces, and only those
 * that are in it byte for byte may be removed. What goes wrong with one of them is said.
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
	bool running;	   /* or nobody knows that it does not */
	bool packed, same; /* it is in the file; and read back equal */
};

struct packing {
	struct packing_item *items; /* in the order of the file */
	size_t count;
	bool unreadable; /* some path could not be read: that has been said */
	bool empty;	 /* no trace was found */
	size_t packed, left_running, removed;
	uint64_t disk_bytes;   /* that the packed ones take, */
	uint64_t packed_bytes; /* the packed file, */
	uint64_t freed_bytes;  /* and those that were removed */
};

/* Takes what these operands mean. */
void packing_take(struct packing *packing, const char *const *operands, size_t count);
/* Writes the file `path`, which must not be there yet, and reads it back. False: it could not
 * be written, or is not what was written: that has been said. Without anything to pack no file
 * is made. `live`: also those of processes that run. */
bool packing_write(struct packing *packing, const char *path, bool live);
/* Removes those that were read back equal. */
void packing_remove(struct packing *packing);
void packing_free(struct packing *packing);

#endif
