/* SPDX-License-Identifier: Apache-2.0 */
/*
 * output.h - writes a command's output to stdout or a file, and reports what was not written.
 *
 * All output to stdout or to a named file is opened and closed here, because a
 * full disk or a pipe without a reader must not look like success. No other
 * file of the tools names stdout.
 *
 *	if (!output_open(&output, path, OUTPUT_STDOUT))
 *		return 1;
 *	fprintf(output.file, ...);
 *	return output_end(&output, "the report") ? 0 : 1;
 *
 * A path is "-" (stdout); /dev/stdout, /dev/stderr, /dev/fd/N or /proc/self/fd/N (that
 * descriptor, from its present offset on); a device, a pipe or a mounted file (written into);
 * or a file, which gets its name when all is written (whole_file.h).
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

/* It must stay at its address until output_end(). */
struct output {
	FILE *file;	  /* NULL: nothing is printed */
	const char *path; /* NULL: no file was named */
	bool own;	  /* a file that was opened here */
	bool is_whole;	  /* which gets its name at the end */
	struct whole_file whole;
	int error;	 /* errno of a failed write; the printing code may set it */
	const char *why; /* another reason why it could not be printed: a clause */
};

/* Opens the file `path`; if that is NULL, `otherwise`. False: it cannot be opened, which has
 * been reported. */
bool output_open(struct output *output, const char *path, enum output_place otherwise);

/* Writes what is left, and closes. False: a write has failed, now or earlier, which has been
 * reported. `what` is for that message if there is no path: "the report" for "cannot write the
 * report". */
bool output_end(struct output *output, const char *what);

/* Closes it and leaves no file; for when the output could not be made. */
void output_drop(struct output *output);

/* The descriptor that such a path names: 1 for "-"; -1: the path names no descriptor. */
int output_descriptor(const char *path);

/* Whether this path can be written now. Leaves no file, and does not wait for the reader of a
 * pipe. False: that has been reported. */
bool output_try(const char *path);

#endif
