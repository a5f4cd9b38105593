/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch.h - the traces that are watched; each is read again for each screen.
 *
 * Operands are looked up again each time: a directory's new traces are found, and a pid's next
 * trace (exec), too. A trace that was found is watched until it is removed. One whose process
 * has ended is not read again unless its file has changed.
 */
#ifndef UNFLUSHED_TOP_WATCH_H
#define UNFLUSHED_TOP_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "find/find.h"
#include "top/past.h"
#include "top/reading.h"

enum watched_state {
	WATCHED_NEW,
	WATCHED_RUNS,
	WATCHED_UNDETERMINED, /* it may have ended: its counters have not moved yet */
	WATCHED_ENDED,
	WATCHED_UNREADABLE,
	WATCHED_COPY, /* of a trace that is watched already */
};

struct watched {
	char *path;
	enum watched_state state;
	struct reading *now, *before; /* NULL; of one that runs */
	struct past *pasts;	      /* by row of SECTION_PRODUCER */
	size_t past_count;
	struct stat about; /* of the file of one that has ended, when it was read */
	char why[READING_WHY_BYTES];
	bool gone; /* its file is */
};

/* A process that ended while it was watched, or began and ended meanwhile. */
struct watch_end {
	struct reading *last; /* judged, unless `removed` */
	bool removed;	      /* its trace was removed while it ran: its end is not known */
};
#define WATCH_ENDS_KEPT 1000

struct watch {
	const char *const *operands;
	size_t operand_count;
	struct watched *items; /* by path */
	size_t count;
	struct watch_end *ends; /* the last ones; from ends_new on those of the last look */
	size_t end_count, ends_new;
	int64_t began_realtime_ns;
	bool looked;
	/* Directories that cannot be read (any more). */
	const char *lost_operand; /* NULL */
	char lost_why[FIND_WHY_BYTES];
};

void watch_begin(struct watch *watch, const char *const *operands, size_t count);
/* Reads all traces. The first call returns false if an operand means nothing that can be
 * watched:
 * `*operand` is that one, and `why` (FIND_WHY_BYTES) has a clause. Later calls ignore such
 * operands. */
bool watch_look(struct watch *watch, const char **operand, char *why);
/* Whether all watched processes have ended, and no operand (a directory) can mean a further
 * one. */
bool watch_is_over(const struct watch *watch);
void watch_end(struct watch *watch);

#endif
