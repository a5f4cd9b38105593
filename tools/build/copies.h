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

/* Notes a trace that was read, under a number of the caller's. True: it is of the process of
 * `*other`, which stays noted. */
bool copies_note(struct copies *copies, const struct reader *reader, size_t number,
		 size_t *other);
/* From now on this one stands for its process. */
void copies_replace(struct copies *copies, const struct reader *reader, size_t number);
/* Has the process come further in the one than in the other, of the same process? */
bool copies_is_further(const struct reader *reader, const struct reader *than);

#endif
