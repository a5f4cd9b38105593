/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch.h - the traces that are watched; each is read again for each screen.
 *
 * Operands are looked up again each time, so a directory's new traces are
 * found, and also the next trace of a pid (after exec). A trace that was found
 * is watched until it is removed. One whose process has ended is not read again
 * unless its file has changed.
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
	WATCHED_UNDETERMINED, /* it may have ended: no counter has moved yet */
	WATCHED_ENDED,
	WATCHED_UNREADABLE,
	WATCHED_COPY, /* of a trace that is watched already */
};

struct watched {
	char *path;
	enum watched_state state;
	struct reading *now, *before; /* of a process that runs; or NULL */
	struct past *pasts;	      /* by the rows of SECTION_PRODUCER */
	size_t past_count;
	struct stat about; /* of the file of an ended process, when it was read */
	char why[READING_WHY_BYTES];
	bool gone; /* its file was removed */
};

/* A process that ended while it was watched, or that started and ended between two screens. */
struct watch_end {
	struct reading *last; /* judged, unless `removed` */
	bool removed;	      /* its trace was removed while it ran: its end is not known */
};
#define WATCH_ENDS_KEPT 1000

struct watch {
	const char *const *operands;
	size_t operand_count;
	struct watched *items; /* sorted by path */
	size_t count;
	struct watch_end *ends; /* the last ones; those from ends_new on are new */
	size_t end_count, ends_new;
	int64_t began_realtime_ns;
	bool looked;
	/* A directory that could be read before and cannot be read now. */
	const char *lost_operand; /* NULL */
	char lost_why[FIND_WHY_BYTES];
};

void watch_begin(struct watch *watch, const char *const *operands, size_t count);
/* Reads all traces. The first call returns false if an operand names nothing that can be
 * watched: `*operand` is that one, and `why` (FIND_WHY_BYTES) has a clause. Later calls ignore
 * such operands. */
bool watch_look(struct watch *watch, const char **operand, char *why);
/* Whether all watched processes have ended, and no operand (a directory) can have another
 * one. */
bool watch_is_over(const struct watch *watch);
void watch_end(struct watch *watch);

#endif
