/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gather.h - reads the traces that operands mean into a run; each process once.
 *
 * Traces that cannot be read, and copies, are reported on stderr.
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
 * `empty_is_fine`: a directory without a trace is not reported. */
struct gathered gather_traces(struct run *run, const char *const *paths, size_t count,
			      bool empty_is_fine);

#endif
