/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pieces.h - code that a linker has placed as a whole, and where in a program it is.
 *
 * A piece is a section of an object file (.text). What the linker writes into it (addresses:
 * the object file's relocations) differs from program to program; the rest of its bytes does
 * not.
 */
#ifndef UNFLUSHED_RECIPE_PIECES_H
#define UNFLUSHED_RECIPE_PIECES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of a piece that are known. */
struct window {
	uint64_t offset; /* in the piece */
	size_t bytes;
	const uint8_t *value;
	const uint8_t *known; /* 1 for each byte that the linker leaves as it is, else 0 */
};

struct piece_function {
	const char *name;
	uint64_t offset; /* in the piece */
	uint64_t bytes;	 /* of its code */
};

struct piece {
	const struct window *windows;
	size_t window_count;
	const struct piece_function *functions;
	size_t function_count;
};

/* Whether a function of this name is looked for: it is one of librdkafka's. */
bool piece_wants(const char *name);

enum piece_found {
	PIECE_NOWHERE,
	PIECE_ONCE,
	PIECE_OFTEN,   /* at several places: nobody can say which is meant */
	PIECE_UNKNOWN, /* too few bytes of it are known for a search */
};

/* Looks for a piece in `code`; *at: where in it the piece begins. */
enum piece_found piece_find(const struct piece *piece, const uint8_t *code, size_t bytes,
			    size_t *at);

#endif
