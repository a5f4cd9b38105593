/* SPDX-License-Identifier: Apache-2.0 */
/*
 * output.h - where a command prints what it was asked for, and whether all of it got there.
 *
 * Everything that goes to stdout or into the file of --output goes through here: a disk that
 * is full, or a pipe that nobody reads, must not look like a success. No other file of the
 * tools names stdout.
 *
 *	if (!output_open(&output, path, OUTPUT_STDOUT))
 *		return 1;
 *	fprintf(output.file, ...);
 *	return output_end(&output, "the report") ? 0 : 1;
 */
#ifndef UNFLUSHED_CLI_OUTPUT_H
#define UNFLUSHED_CLI_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

enum output_place {
	OUTPUT_STDOUT,
	OUTPUT_STDERR,
	OUTPUT_NOWHERE,
};

struct output {
	FILE *file; /* NULL: nothing is to be printed */
	bool own;   /* a file that was opened here */
	int error;  /* errno of a write that is known to have failed; who printed may set it */
};

/* Opens the file `path` ("-": stdout); without one (NULL) it is `otherwise`. False when it
 * cannot be opened: that has been said. */
bool output_open(struct output *output, const char *path, enum output_place otherwise);

/* Writes what is left, and closes. False when some of it was not written, at any time: that
 * has been said, and "cannot write the report" is of `what` "the report". */
bool output_end(struct output *output, const char *what);

#endif
