/* SPDX-License-Identifier: Apache-2.0 */
/*
 * framework.h - finds the framework that a program's producer belongs to, for
 * advice that names the framework's functions for waiting, not the client's.
 */
#ifndef UNFLUSHED_MODEL_FRAMEWORK_H
#define UNFLUSHED_MODEL_FRAMEWORK_H

#include "model/model.h"

#define FRAMEWORK_MARKS 4

/* A text by which the framework is recognised, in a frame of a stack that produced or in the
 * command line. */
struct framework_mark {
	enum { MARK_NONE, MARK_FRAME, MARK_COMMAND } kind;
	const char *text;
};

struct framework {
	const char *name;
	const char *change, *how; /* as a finding's */
	struct framework_mark marks[FRAMEWORK_MARKS];
};

/* The first row of frameworks.def that the process or a stack of the producer matches; or NULL.
 */
const struct framework *framework_of(const struct process *process,
				     const struct producer *producer);

/* The row `number`, for a test of all rows; NULL behind the last one. */
const struct framework *framework_at(size_t number);

#endif
