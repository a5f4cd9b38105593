/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader.h - reads a trace into memory and checks it once.
 *
 * A damaged trace is a normal input. Invalid parts are listed as faults and
 * are not accessible to the caller: rows and strings that are returned are
 * always wholly inside the file, whatever the file says.
 */
#ifndef UNFLUSHED_READ_READER_H
#define UNFLUSHED_READ_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/format.h"

struct fault {
	uint64_t offset; /* where in the file */
	char what[120];	 /* a clause: "the header is cut off at byte 96" */
};
#define READER_FAULTS 16

/* A trace is at most TRACE_BYTES_MAX; a file beyond this is something else. */
#define READER_BYTES_MAX (64u << 20)

/* How much of a trace to read: events are most of its bytes. */
enum reader_depth {
	READER_COUNTERS,
	READER_EVENTS,
};

struct reader {
	uint8_t *bytes;
	size_t size;
	struct trace_header header;
	/* By kind; row_bytes is 0 for a section that is absent or refused;
	 * `used` is what can be read: never more than `rows`. */
	struct trace_section sections[TRACE_SECTIONS + 1];
	struct fault faults[READER_FAULTS];
	size_t fault_count;
	enum reader_depth depth; /* without the events reader_event() has none */
	bool alive;		 /* its process was running when the file was read, */
	bool packed;		 /* which was when it was packed (room pack) */
};

/* False: nothing in it can be read, faults[0] says why. Call reader_close()
 * in both cases. The file may be written to at this moment. */
bool reader_open(struct reader *reader, const char *path, enum reader_depth depth);

/* The same for a trace that already is in memory; takes over `bytes`, which
 * came from malloc(). */
bool reader_take(struct reader *reader, uint8_t *bytes, size_t size);
void reader_close(struct reader *reader);

/* NULL when there is no such row, or when it is not complete (state 0). */
const void *reader_row(const struct reader *reader, enum trace_section_kind kind, uint32_t row);
uint32_t reader_rows(const struct reader *reader, enum trace_section_kind kind);
/* How many of them are there. */
uint32_t reader_complete(const struct reader *reader, enum trace_section_kind kind);

/* NULL for 0 and for a damaged string; else NUL-terminated, any bytes. */
const char *reader_string(const struct reader *reader, trace_string at);

/*
 * Events of one thread, oldest first: for (n = reader_first(...); n < head;
 * n++). NULL when there is no such event.
 */
uint64_t reader_event_first(const struct reader *reader, uint32_t thread);
uint64_t reader_event_end(const struct reader *reader, uint32_t thread);
const struct trace_event *reader_event(const struct reader *reader, uint32_t thread,
				       uint64_t number);
/* The whole ring of that thread: event n is at n modulo TRACE_RING_EVENTS.
 * NULL when the thread has none. */
const struct trace_event *reader_ring(const struct reader *reader, uint32_t thread);

/* How many events of all threads were overwritten. */
uint64_t reader_events_overwritten(const struct reader *reader);

#endif
