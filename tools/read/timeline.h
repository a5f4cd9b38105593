/* SPDX-License-Identifier: Apache-2.0 */
/*
 * timeline.h - the events of all threads in the order of time, oldest first.
 *
 *	timeline_open(&timeline, reader);
 *	while ((event = timeline_next(&timeline, &thread)))
 *		...
 *	timeline_close(&timeline);
 */
#ifndef UNFLUSHED_READ_TIMELINE_H
#define UNFLUSHED_READ_TIMELINE_H

#include "read/reader.h"

/* The oldest remaining event of a ring. */
struct oldest {
	int64_t at_ns;
	uint32_t ring;
};

/* A tree of losers (Knuth, TAOCP 3, 5.4.1) over the rings: each node keeps the later ring. */
struct timeline {
	struct ring *rings;
	struct oldest *losers, winner;
	uint32_t count; /* of rings */
};

/* The reader must have been opened for events, and must stay open. */
void timeline_open(struct timeline *timeline, const struct reader *reader);
/* The next event: ordered by time, then by thread, then as they were written. NULL at the
 * end. */
const struct trace_event *timeline_next(struct timeline *timeline, uint32_t *thread);
void timeline_close(struct timeline *timeline);

#endif
