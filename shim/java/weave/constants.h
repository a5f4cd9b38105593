/* SPDX-License-Identifier: Apache-2.0 */
/*
 * constants.h - the constants of a class file: where each begins, and its texts.
 */
#ifndef UNFLUSHED_WEAVE_CONSTANTS_H
#define UNFLUSHED_WEAVE_CONSTANTS_H

#include "java/weave/bytes.h"
#include "java/weave/weave.h"

enum weave_constant {
	CONSTANT_TEXT = 1,
	CONSTANT_LONG = 5,
	CONSTANT_DOUBLE = 6,
	CONSTANT_CLASS = 7,
	CONSTANT_METHOD = 10,
	CONSTANT_NAME_AND_TYPE = 12,
};

/* The constants that weaving adds, behind the class's own; those of each hook follow these. */
enum weave_added {
	WEAVE_CONSTANT_TARGET = 1, /* the class that is called; before it, its name */
	WEAVE_CONSTANT_THROWABLE = 3,
	WEAVE_CONSTANT_MAP = 4, /* the word StackMapTable */
	WEAVE_CONSTANTS = 5,
};

/* Notes in the work memory where each of the class's own constants begins; false: one of them
 * is of an unknown kind, or is cut off. `count` is the class file's: constants 1 to count - 1.
 */
bool weave_constants_read(const struct weave *weave, struct source *from, uint32_t count);

/* The text of a constant (CONSTANT_Utf8), inside the class file and without NUL; NULL: it is of
 * another kind. */
const char *weave_constant_text(const struct weave *weave, uint32_t constant, size_t *bytes);

/* Whether a constant is this text. */
bool weave_constant_is(const struct weave *weave, uint32_t constant, const char *text);

#endif
