/* SPDX-License-Identifier: Apache-2.0 */
/*
 * code.h - the code in a program's file, and the program's build id.
 */
#ifndef UNFLUSHED_RECIPE_CODE_H
#define UNFLUSHED_RECIPE_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "file/elf_file.h"
#include "format/recipe.h"

/* An executable segment. */
struct code_segment {
	uint64_t address; /* as the file counts */
	const uint8_t *bytes;
	size_t size;
};

#define CODE_SEGMENTS 8

struct code {
	struct elf_file file;
	uint8_t id[RECIPE_ID_BYTES]; /* GNU's build id */
	uint32_t id_bytes;	     /* 0: has none */
	struct code_segment segments[CODE_SEGMENTS];
	size_t segment_count;
};

/* Of a program, or of a file with a program's symbols. False: `why` has the end of a sentence.
 */
bool code_open(struct code *code, const char *path, char *why, size_t why_bytes);
void code_close(struct code *code);

bool code_same_id(const struct code *one, const struct code *other);

/* What the program's file has at this address. NULL: no code, or not so much of it. */
const uint8_t *code_at(const struct code *code, uint64_t address, uint64_t bytes);

#endif
