/* SPDX-License-Identifier: Apache-2.0 */
/*
 * row.h - computes the numbers of one producer from two readings.
 */
#ifndef UNFLUSHED_TOP_ROW_H
#define UNFLUSHED_TOP_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "top/past.h"
#include "top/reading.h"

/* The longest of the stalls that are open. */
struct row_stall {
	const struct socket *socket; /* NULL: there is none */
	int64_t lasted_ns;	     /* UNKNOWN */
	enum trace_stall_cause cause;
	enum trace_stall_cause earlier; /* of most of its earlier stalled time */
	size_t count;			/* connections with an open stall */
};

#define ROW_NO_PRODUCER SIZE_MAX

struct row {
	const struct reading *reading;
	size_t producer; /* index; ROW_NO_PRODUCER: connections without a producer */
	double produced_per_s, delivered_per_s; /* below 0: not known */
	int64_t outstanding, outstanding_bytes; /* UNKNOWN */
	int64_t oldest_ns;			/* least age of the oldest of them; UNKNOWN */
	int64_t undelivered_ns; /* at least so long nothing was delivered; UNKNOWN */
	int64_t fill; /* the fullest send buffer's since the reading before, in thousandths */
	struct row_stall stall;
};

/* Adds the reading of that producer to `past`; if it is the first, also the trace's
 * moments. */
void row_note(struct past *past, const struct reading *reading, size_t producer, bool first);
/* `before`: an earlier reading of the same trace, or NULL; `past` has been noted up to
 * `now`. */
void row_make(struct row *row, const struct reading *now, const struct reading *before,
	      size_t producer, const struct past *past);

/* Whether a reading has this row. Each producer has one unless it is closed with nothing
 * outstanding. The row ROW_NO_PRODUCER exists if there is no producer, or if a connection is
 * stalled whose producer is not known. */
bool row_is_shown(const struct reading *reading, size_t producer);

/* "the receiver", ...; NULL: not known. */
const char *row_cause_words(enum trace_stall_cause cause);
const char *row_cause_id(enum trace_stall_cause cause);

#endif
