/* SPDX-License-Identifier: Apache-2.0 */
/*
 * example.h - the programs of tests/examples/, which the build embeds in this
 * one.
 *
 * They are the same files that the tests build, run and judge. The lines between two lines with
 * EXAMPLE_MARK are shown.
 */
#ifndef UNFLUSHED_EXPLAIN_EXAMPLE_H
#define UNFLUSHED_EXPLAIN_EXAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXAMPLE_MARK "--8<--"

struct example {
	const char *family; /* the folder below tests/examples/ */
	const char *client; /* the folder below that: clients.def */
	bool right;
	const unsigned char *text; /* the whole file; not ended by a NUL */
	size_t bytes;
};

/* In the file that the build writes (tools/CMakeLists.txt). */
extern const struct example examples[];
extern const size_t example_count;

/* The example of the family whose name is the first `length` bytes of `family`. NULL: none. */
const struct example *example_find(const char *family, size_t length, const char *client,
				   bool right);

/* Returns the lines of these `bytes` bytes between a line with EXAMPLE_MARK and the next such
 * line, or the end, without the lines with the mark; each line ends with '\n'. The common
 * indentation of the lines of a part is removed. Between two parts there is an empty line. ""
 * if nothing is marked. The caller frees the result. */
char *example_shown(const unsigned char *text, size_t bytes);

#endif
