/* SPDX-License-Identifier: Apache-2.0 */
/*
 * copies.h - traces of one process that lie beside each other: one of them counts.
 *
 * A copy is known by what it was made of (boot, pid namespace, pid, start, and the moment at
 * which the guest made it: each image of a process that execs has a trace of its own). Of two,
 * the one that came further is the later one, for counters only grow.
 */
#ifndef UNFLUSHED_BUILD_COPIES_H
#define UNFLUSHED_BUILD_COPIES_H

#include <stdbool.h>
#include <stddef.h>

#include "read/reader.h"

struct copies; /* all that have been noted; memory of its own */

struct copies *copies_begin(void);
void copies_end(struct copies *copies);

enum copies_answer {
	COPIES_FIRST,	/* no other of its process was noted */
	COPIES_EARLIER, /* it is a copy of `*other` */
	COPIES_FURTHER, /* its process came further in it than in `*other`: it stands for it now
			 */
};

/* Notes a trace that was read, under a number of the caller's. */
enum copies_answer copies_note(struct copies *copies, const struct reader *reader,
			       size_t number, size_t *other);

#endif
