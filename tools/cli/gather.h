/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gather.h - reads the traces that the operands name into a run, each process
 * once.
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

/* Adds the processes of the traces that these paths name (find/find.h) to `run`.
 * `empty_is_fine`: a directory without a trace is not reported. */
struct gathered gather_traces(struct run *run, const char *const *paths, size_t count,
			      bool empty_is_fine);

#endif
