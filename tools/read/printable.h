/* SPDX-License-Identifier: Apache-2.0 */
/*
 * printable.h - which characters of untrusted texts may be printed on a terminal.
 *
 * Control characters could control the terminal; characters that change the
 * direction of the text, or are invisible, could make one name look like
 * another. In text reports and in the summary they are written as "\\x1b" or
 * "\\u202e", and bytes that are no UTF-8 as "\\xff".
 */
#ifndef UNFLUSHED_READ_PRINTABLE_H
#define UNFLUSHED_READ_PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct printable {
	size_t bytes;	/* at least 1 */
	bool valid;	/* well-formed UTF-8, else one byte */
	bool shown;	/* printed unchanged */
	uint32_t point; /* Unicode's number; if not valid, the byte */
};

/* The character at `at`, where `left` bytes (at least 1) can be read. */
struct printable printable_at(const char *at, size_t left);

#define PRINTABLE_ESCAPE_BYTES 11 /* with its NUL */

/* Writes the escape for a character that is not shown; returns its length. */
size_t printable_escape(char to[PRINTABLE_ESCAPE_BYTES], struct printable character);

/* Writes `length` bytes escaped for printing, without a NUL, to `to` (NULL: only counts), and
 * returns how many bytes that takes. */
size_t printable_put(char *to, const char *bytes, size_t length);

/* Returns a copy, escaped for printing; the caller frees it. */
char *printable_text(const char *text);

#endif
