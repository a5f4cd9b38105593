/* SPDX-License-Identifier: Apache-2.0 */
/*
 * find.h - which traces an operand of a command names.
 *
 *	DIR		the traces and packed files in it (*.trace, *.traces.tar.zst), by name
 *	TRACE		a file, whatever its name
 *	PACKED		a packed file (it begins as zstd's do), whatever its name: all in it
 *	PACKED:NAME	one trace of a packed file
 *	4711		the trace of the process that runs under this number
 *
 * A path that exists is always that path. Opens no trace.
 */
#ifndef UNFLUSHED_FIND_H
#define UNFLUSHED_FIND_H

#include <stdbool.h>
#include <stddef.h>

#include "read/reader.h"

struct found {
	char *path;
	bool packed;  /* `path` is a packed file */
	char *member; /* the trace in it; NULL: all */
};

struct finds {
	struct found *items;
	size_t count;
};

enum find_answer {
	FIND_GOOD,
	FIND_EMPTY,	 /* a directory without a trace */
	FIND_UNREADABLE, /* `why` has a clause */
};

#define FIND_WHY_BYTES 4400

/* Adds the traces that `operand` names. `packed`: packed files in a directory count. */
enum find_answer find_add(struct finds *finds, const char *operand, bool packed, char *why);
void find_free(struct finds *finds);

/* "PACKED:NAME", which is printed and which find_add() accepts; the caller frees it. */
char *find_label(const char *packed, const char *member);

/*
 * Opens traces one after the other, in the order in which find_add() gave them: so a packed
 *file is read once, and not once for each trace in it.
 *
 *	struct find_walk walk = {0};
 *
 *	... find_walk_open(&walk, &reader, "a.traces.tar.zst:4711-1.trace", READER_EVENTS) ...
 *	find_walk_end(&walk);
 */
struct find_walk {
	char *packed; /* the packed file that is open; NULL: none */
	struct unpack *unpack;
};

/* False: the trace cannot be read, or does not exist (any more). */
bool find_walk_open(struct find_walk *walk, struct reader *reader, const char *operand,
		    enum reader_depth depth);
void find_walk_end(struct find_walk *walk);

/* reader_open() for the only trace that `operand` names. False: `why` has a clause. */
bool find_open(struct reader *reader, const char *operand, enum reader_depth depth, char *why);

#endif
