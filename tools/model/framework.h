/* SPDX-License-Identifier: Apache-2.0 */
/*
 * framework.h - the framework that a program's producer lives in, and where that lets a
 * program wait for its messages: in words of its own, not of the client's.
 */
#ifndef UNFLUSHED_MODEL_FRAMEWORK_H
#define UNFLUSHED_MODEL_FRAMEWORK_H

#include "model/model.h"

#define FRAMEWORK_MARKS 4

/* Something that shows it: what a frame of a stack that produced, or the command line, has. */
struct framework_mark {
	enum { MARK_NONE, MARK_FRAME, MARK_COMMAND } kind;
	const char *text;
};

struct framework {
	const char *name;
	const char *change, *how; /* as those of a finding */
	struct framework_mark marks[FRAMEWORK_MARKS];
};

/* The first of frameworks.def that the process or a stack of the producer shows; NULL. */
const struct framework *framework_of(const struct process *process,
				     const struct producer *producer);

/* All of them, for who checks the words; NULL behind the last. */
const struct framework *framework_at(size_t number);

#endif
