/* SPDX-License-Identifier: Apache-2.0 */
/*
 * output.h - where a command prints what it was asked for, and whether all of it got there.
 *
 * Everything that goes to stdout or into a file that was named goes through here: a disk that
 * is full, or a pipe that nobody reads, must not look like a success. No other file of the
 * tools names stdout.
 *
 *	if (!output_open(&output, path, OUTPUT_STDOUT))
 *		return 1;
 *	fprintf(output.file, ...);
 *	return output_end(&output, "the report") ? 0 : 1;
 *
 * A path is "-" (stdout); /dev/stdout, /dev/stderr, /dev/fd/N or /proc/self/fd/N (that
 * descriptor, where it stands); a device, a pipe or a mounted file (written into); or a file,
 * which has its name once all is written, and not before (whole_file.h).
 */
#ifndef UNFLUSHED_OUTPUT_H
#define UNFLUSHED_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "file/whole_file.h"

enum output_place {
	OUTPUT_STDOUT,
	OUTPUT_STDERR,
	OUTPUT_NOWHERE,
};

/* It must stay where it is until output_end(). */
struct output {
	FILE *file;	  /* NULL: nothing is to be printed */
	const char *path; /* NULL: none was named */
	bool own;	  /* a file that was opened here, */
	bool is_whole;	  /* and gets its name at the end */
	struct whole_file whole;
	int error; /* errno of a write that is known to have failed; who printed may set it */
	const char *why; /* what else kept who printed from it: a clause */
};

/* Opens the file `path`; without one (NULL) it is `otherwise`. False when it cannot be opened:
 * that has been said. */
bool output_open(struct output *output, const char *path, enum output_place otherwise);

/* Writes what is left, and closes. False when some of it was not written, at any time: that
 * has been said, and "cannot write the report" is of `what` "the report" where no path was
 * named. */
bool output_end(struct output *output, const char *what);

/* Closes it, and leaves no file: who was to print could not. */
void output_drop(struct output *output);

/* The descriptor that such a path names: 1 for "-"; -1: it names none. */
int output_descriptor(const char *path);

/* Could this path be written now? Leaves nothing, and does not wait for the reader of a pipe.
 * False: that has been said. */
bool output_try(const char *path);

#endif
