/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unpack.h - the traces in a packed file, one after the other, in memory and never on disk.
 *
 * The file may be hostile. A member that is no regular file, is too large, or has a name with a
 * path in it is refused, and the next one is read; if a frame cannot be decompressed, its
 *members are lost. Members whose names do not end like a trace's are skipped.
 *
 *	struct unpack *unpack = unpack_begin(path, &why);
 *
 *	while (unpack && (answer = unpack_next(unpack, &member)) != UNPACK_END)
 *		...
 *	unpack_end(unpack);
 */
#ifndef UNFLUSHED_PACK_UNPACK_H
#define UNFLUSHED_PACK_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "read/reader.h"

struct unpack_member {
	const char *name; /* "4711-1f.trace", escaped for printing; NULL: not known */
	const char *why;  /* for UNPACK_REFUSED a clause; else NULL */
	bool running;	  /* its process ran when the trace was packed */
	int64_t mtime_s;  /* the file's, in seconds since 1970 */
	uint8_t *bytes;	  /* for UNPACK_TRACE: from malloc(); the caller frees them */
	size_t size;
};

enum unpack_answer {
	UNPACK_TRACE,
	UNPACK_REFUSED, /* the member was, or a part of the file */
	UNPACK_END,
};

struct unpack;

/* Whether the file begins like a packed file. False also if it cannot be read. */
bool unpack_is_packed(const char *path);

/* NULL: it cannot be read, and *why is a clause that is valid until the next call. */
struct unpack *unpack_begin(const char *path, const char **why);
void unpack_end(struct unpack *unpack);

/* The texts of `member` are valid until the next call; the caller owns its bytes. */
enum unpack_answer unpack_next(struct unpack *unpack, struct unpack_member *member);

/* reader_take() for such a trace; takes ownership of the bytes. */
bool unpack_take(struct reader *reader, struct unpack_member *member);

#endif
