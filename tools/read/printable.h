/* SPDX-License-Identifier: Apache-2.0 */
/*
 * printable.h - which characters of other people's texts may go to a terminal.
 *
 * Control characters could drive it; characters that turn the direction of the text, or are
 * not seen, could make one name look like another. In words for people, and in the summary,
 * they stand as "\\x1b" or "\\u202e", and bytes that are no UTF-8 as "\\xff".
 */
#ifndef UNFLUSHED_READ_PRINTABLE_H
#define UNFLUSHED_READ_PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct printable {
	size_t bytes;	/* at least 1 */
	bool valid;	/* well-formed UTF-8, else one byte */
	bool shown;	/* as it stands */
	uint32_t point; /* of Unicode; of what is not valid the byte */
};

/* The character at `at`, of which `left` bytes (at least 1) are there. */
struct printable printable_at(const char *at, size_t left);

#define PRINTABLE_ESCAPE_BYTES 11 /* with its NUL */

/* What stands for one that is not shown; its length. */
size_t printable_escape(char to[PRINTABLE_ESCAPE_BYTES], struct printable character);

/* `length` bytes as they may be printed, without a NUL, and how many that is; NULL: only that.
 */
size_t printable_put(char *to, const char *bytes, size_t length);

/* A copy as it may be printed; free() it. */
char *printable_text(const char *text);

#endif
