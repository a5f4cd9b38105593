/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reading.h - reads the present state of a trace.
 */
#ifndef UNFLUSHED_TOP_READING_H
#define UNFLUSHED_TOP_READING_H

#include <stdbool.h>
#include <stdint.h>

#include "model/model.h"
#include "read/reader.h"

#define READING_CAUSES (CAUSE_NOTSENT_LOWAT + 1)

/* Live values in addition to the model's struct socket of the same index. */
struct reading_socket {
	uint32_t generation;	      /* connections that had this row before */
	int64_t stall_began_ns;	      /* CLOCK_MONOTONIC; UNKNOWN: no stall is open */
	enum trace_stall_cause cause; /* of the open stall: reading_compare() */
	uint32_t fill[TRACE_FILL_BUCKETS];
};

/* Live values in addition to the model's struct producer. */
struct reading_producer {
	int64_t opened_ns, produced_last_ns; /* UNKNOWN */
};

struct reading {
	struct run run; /* one process, and the memory of all texts */
	const struct process *process;
	struct reading_producer *producers;
	struct reading_socket *sockets;
	int64_t before_ns, after_ns; /* CLOCK_MONOTONIC before and after the copy was made */
};

#define READING_WHY_BYTES 256

/* NULL: the trace cannot be read, and `why` has a clause. If the process has ended, it is
 * judged. */
struct reading *reading_take(const char *path, char why[READING_WHY_BYTES]);
/* The same for a trace in memory that was read between these times; the caller keeps the
 * reader. */
struct reading *reading_of(const struct reader *reader, const char *path, int64_t before_ns,
			   int64_t after_ns);
void reading_free(struct reading *reading);

/* Whether the process runs; true also if that cannot be known here (another pid namespace). */
bool reading_runs(const struct reading *reading);
/* For two readings of one trace: whether a counter has changed. */
bool reading_moved(const struct reading *now, const struct reading *before);
/* Whether both are of the same process: another process may write to that path now. */
bool reading_same(const struct reading *now, const struct reading *before);

/* Sets the causes of the stalls in `now` from the changes of the counters since `before`. */
void reading_compare(struct reading *now, const struct reading *before);
/* The index of the same connection in `before`; SIZE_MAX: it did not exist then. */
size_t reading_socket_before(const struct reading *now, size_t socket,
			     const struct reading *before);

/* How long the socket was stalled for that cause; UNKNOWN: the trace does not say. */
int64_t reading_stalled_by(const struct socket *socket, enum trace_stall_cause cause);

#endif
