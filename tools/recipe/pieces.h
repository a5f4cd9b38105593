/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pieces.h - finds code in a program that the linker has placed there as a
 * whole.
 *
 * A piece is a section of an object file (.text). The bytes that the linker
 * writes into it (addresses: the object file's relocations) differ from program
 * to program; its other bytes do not.
 */
#ifndef UNFLUSHED_RECIPE_PIECES_H
#define UNFLUSHED_RECIPE_PIECES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A part of a piece of which bytes are known. */
struct window {
	uint64_t offset; /* in the piece */
	size_t bytes;
	const uint8_t *value;
	const uint8_t *known; /* 1 for each byte that the linker does not change, else 0 */
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

/* Whether a function of this name is looked for: a function of librdkafka. */
bool piece_wants(const char *name);

enum piece_found {
	PIECE_NOWHERE,
	PIECE_ONCE,
	PIECE_OFTEN,   /* at several places: it is not certain which one it is */
	PIECE_UNKNOWN, /* too few bytes of it are known for a search */
};

/* Looks for a piece in `code`; *at: the offset of its beginning in `code`. */
enum piece_found piece_find(const struct piece *piece, const uint8_t *code, size_t bytes,
			    size_t *at);

#endif
