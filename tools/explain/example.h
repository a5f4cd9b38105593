/* SPDX-License-Identifier: Apache-2.0 */
/*
 * example.h - the programs of tests/examples/, which the build puts into this one.
 *
 * They are the very files that the tests build, run and judge. Shown is what stands in them
 * between lines that hold EXAMPLE_MARK.
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

/* Of the file that the build writes (tools/CMakeLists.txt). */
extern const struct example examples[];
extern const size_t example_count;

/* Of the family whose name is the first `length` bytes of `family`. NULL: there is none. */
const struct example *example_find(const char *family, size_t length, const char *client,
				   bool right);

/* The lines of these `bytes` bytes between a line with EXAMPLE_MARK and the next such one, or
 * the end; the lines with the mark left out, each line ended by '\n'. What stands before each
 * line of a part alike (tabs, blanks) is left out. Where two parts meet there is an empty
 * line. "" if nothing is marked. To be freed. */
char *example_shown(const unsigned char *text, size_t bytes);

#endif
