/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gather.h - paths to traces to the processes of a run; each process once.
 *
 * What cannot be read, and which traces are copies, is said on stderr.
 */
#ifndef UNFLUSHED_CLI_GATHER_H
#define UNFLUSHED_CLI_GATHER_H

#include <stdbool.h>
#include <stddef.h>

#include "model/model.h"

struct gathered {
	bool unreadable; /* some path could not be read */
	bool empty;	 /* some directory held no trace */
};

/* Puts the processes of the traces that these paths mean (find/find.h) into `run`.
 * `empty_is_fine`: nothing is said of a directory without one. */
struct gathered gather_traces(struct run *run, const char *const *paths, size_t count,
			      bool empty_is_fine);

#endif
