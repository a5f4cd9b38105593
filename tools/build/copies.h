/* SPDX-License-Identifier: Apache-2.0 */
/*
 * copies.h - several copies of the trace of one process: only one of them counts.
 *
 * Two files are copies of one trace if boot, pid namespace, pid, start time and
 * the time when the guest made the trace are equal (each image of a process
 * that execs has a trace of its own). The copy with higher counters is the
 * later one, because counters only grow.
 */
#ifndef UNFLUSHED_BUILD_COPIES_H
#define UNFLUSHED_BUILD_COPIES_H

#include <stdbool.h>
#include <stddef.h>

#include "read/reader.h"

struct copies; /* all traces that were noted */

struct copies *copies_begin(void);
void copies_end(struct copies *copies);

enum copies_answer {
	COPIES_FIRST,	/* no other trace of its process was noted */
	COPIES_EARLIER, /* a copy of `*other`, and not later */
	COPIES_FURTHER, /* a later copy than `*other`, which it must replace */
};

/* Notes a trace that was read, with a number that the caller chooses. */
enum copies_answer copies_note(struct copies *copies, const struct reader *reader,
			       size_t number, size_t *other);

#endif
