/* SPDX-License-Identifier: Apache-2.0 */
/*
 * history.h - the events of a process, each with its producer or connection in the model.
 *
 *	if (history_open(&history, process, &walk)) {
 *		while (history_next(&history, &happening))
 *			...
 *		history_close(&history);
 *	}
 *
 * The events are read from the trace again, so those of a running process may
 * be newer than the model. Old events are overwritten; no number of the report
 * is computed from events.
 */
#ifndef UNFLUSHED_FORMATS_HISTORY_H
#define UNFLUSHED_FORMATS_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "find/find.h"
#include "model/model.h"
#include "read/event_kind.h"
#include "read/timeline.h"

struct happening {
	const struct event_kind *kind; /* NULL: an event of a newer version */
	unsigned number;	       /* of the event's kind */
	int64_t at_ns;		       /* since process->trace_start_ns */
	int64_t tid;		       /* or UNKNOWN */
	uint32_t thread;	       /* row of SECTION_THREAD */
	/* Indexes into the model's arrays; UNKNOWN: the event has none, or its row in the
	 * trace is another's now. */
	int64_t producer, socket;
	int64_t a, b; /* UNKNOWN */
	int64_t times;
};

struct history {
	const struct process *process;
	struct reader reader;
	struct timeline timeline;
	int64_t *producers, *sockets; /* indexes, by rows of the trace */
	uint32_t producer_rows, socket_rows;
};

/* `walk`: the caller's, the same for all processes, which must be opened in their order.
 * False: the process left no trace, or it cannot be read again. */
bool history_open(struct history *history, const struct process *process,
		  struct find_walk *walk);
/* In the order of time; false at the end. */
bool history_next(struct history *history, struct happening *happening);
void history_close(struct history *history);

#endif
