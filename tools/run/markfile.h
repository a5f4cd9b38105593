/* SPDX-License-Identifier: Apache-2.0 */
/*
 * markfile.h - reads the lines that the processes of a run wrote to its mark file
 * (shim/guest/markfile.h), also those without a trace.
 */
#ifndef UNFLUSHED_RUN_MARKFILE_H
#define UNFLUSHED_RUN_MARKFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct mark {
	pid_t pid;
	char kind;	  /* 'L' loaded, '!' fell silent, '>' becomes, '<' stays, '+' started,
			   * '=' made a trace */
	const char *text; /* the reason, the program or the trace; never NULL */
	size_t number;	  /* of its line */
};

/* By pid, and for each in the order in which they were written. */
struct marks {
	struct mark *rows;
	size_t count;
	char *bytes;
	bool full;    /* the file had no room for what came last */
	bool missing; /* a process could not add a line */
};

/* A file that cannot be read has no marks; lines that are no marks are skipped. */
void marks_read(struct marks *marks, const char *path);
void marks_free(struct marks *marks);

/* Why the list of programs may be incomplete: a sentence without its full stop; NULL: it is
 * not. */
const char *marks_incomplete(const struct marks *marks);

/* Whether this process loaded the shim. */
bool marks_loaded(const struct marks *marks, pid_t pid);

/* Whether a process made the trace of this name. */
bool marks_traced(const struct marks *marks, const char *name);

/* The first process whose shim could not record; NULL if there is none. */
const struct mark *marks_silence(const struct marks *marks);

/*
 * The programs that ran without the shim, as far as processes with the shim noted
 * them: the next one behind `after` (NULL: the first), NULL when there is no other.
 */
const struct mark *marks_unloaded(const struct marks *marks, const struct mark *after);

#endif
