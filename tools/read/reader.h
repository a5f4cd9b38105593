/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader.h - reads a trace into memory and checks it once.
 *
 * A damaged trace is a normal input. Invalid parts are listed as faults and are
 * not accessible to the caller: rows and strings that are returned are always
 * completely inside the file, whatever the file contains.
 */
#ifndef UNFLUSHED_READ_READER_H
#define UNFLUSHED_READ_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/format.h"

struct fault {
	uint64_t offset; /* in the file */
	char what[120];	 /* a clause: "the header is cut off at byte 96" */
};
#define READER_FAULTS 16

/* A trace has at most TRACE_BYTES_MAX; a larger file than this is not a trace. */
#define READER_BYTES_MAX (64u << 20)

/* How much of a trace to read: most of its bytes are events. */
enum reader_depth {
	READER_COUNTERS,
	READER_EVENTS,
};

struct reader {
	uint8_t *bytes;
	size_t size;
	struct trace_header header;
	/* By kind; row_bytes is 0 for a section that is absent or refused; `used` is the
	 * number of rows that can be read, never more than `rows`. */
	struct trace_section sections[TRACE_SECTIONS + 1];
	struct fault faults[READER_FAULTS];
	size_t fault_count;
	enum reader_depth depth; /* without events reader_event() returns none */
	bool alive;		 /* its process was running when the file was read */
	bool packed;		 /* if so, when it was packed (room pack) */
};

/* False: nothing in it can be read, and faults[0] says why. Call reader_close() in both cases.
 * The file may be written to meanwhile. */
bool reader_open(struct reader *reader, const char *path, enum reader_depth depth);

/* The same for a trace that is in memory already; takes ownership of `bytes`, which must come
 * from malloc(). */
bool reader_take(struct reader *reader, uint8_t *bytes, size_t size);
void reader_close(struct reader *reader);

/* NULL: there is no such row, or it is not complete (state 0). */
const void *reader_row(const struct reader *reader, enum trace_section_kind kind, uint32_t row);
uint32_t reader_rows(const struct reader *reader, enum trace_section_kind kind);
/* How many rows are complete. */
uint32_t reader_complete(const struct reader *reader, enum trace_section_kind kind);

/* NULL for 0 and for a damaged string; else NUL-terminated, with any bytes. */
const char *reader_string(const struct reader *reader, trace_string at);

/*
 * Events of one thread, oldest first: for (n = reader_first(...); n < head;
 * n++). NULL when there is no such event.
 */
uint64_t reader_event_first(const struct reader *reader, uint32_t thread);
uint64_t reader_event_end(const struct reader *reader, uint32_t thread);
const struct trace_event *reader_event(const struct reader *reader, uint32_t thread,
				       uint64_t number);
/* The whole ring of that thread: event n is at n modulo TRACE_RING_EVENTS. NULL: the thread
 * has none. */
const struct trace_event *reader_ring(const struct reader *reader, uint32_t thread);

/* How many events of all threads were overwritten. */
uint64_t reader_events_overwritten(const struct reader *reader);

#endif
