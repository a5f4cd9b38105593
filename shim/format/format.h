/* SPDX-License-Identifier: Apache-2.0 */
/*
 * format.h - the trace, version 2, byte for byte.
 *
 * One file per process: written by the guest (shim/) through a shared
 * mapping, read by the tools. TRACE.md beside this file explains how to read
 * it. All numbers are in the byte order of the machine that wrote them
 * (byte_order tells), every offset counts from the start of the file, every
 * row is fixed in size. Counters only grow, and a reader computes sums and
 * differences of them, so that the numbers of a process that was killed
 * between two stores still add up.
 *
 *	format.h           the file, its sections, threads and their events, the series
 *	format_large.h     where the time of large messages went
 *	format_peer.h      addresses that the process tried to connect to
 *	format_process.h   the process
 *	format_producer.h  producers, topics, counts
 *	format_site.h      the lines that produce
 *	format_socket.h    connections
 *
 * To add a column: take it from a row's spare bytes and set a bit of
 * `compatible`; a new section kind needs no flag, readers skip kinds they do
 * not know. Whatever an old reader would misjudge needs a bit of
 * `incompatible`: it must refuse the trace.
 */
#ifndef UNFLUSHED_FORMAT_FORMAT_H
#define UNFLUSHED_FORMAT_FORMAT_H

#include <stdint.h>

#include "format/format_large.h"
#include "format/format_peer.h"
#include "format/format_process.h"
#include "format/format_producer.h"
#include "format/format_site.h"
#include "format/format_socket.h"
#include "format/format_word.h"

#define TRACE_MAGIC "UNFLUSH\x1a" /* 8 bytes, no NUL; 0x1a stops a `type` */
#define TRACE_VERSION 2u	  /* 1 had the columns of a socket in another order */
#define TRACE_BYTE_ORDER 0x0a0b0c0du
#define TRACE_BYTES_MAX (2u << 20)
#define TRACE_SUFFIX ".trace"

/* The mark file (UNFLUSHED_MARK, shim/guest/markfile.h) does not grow beyond this size, which
 * is enough for some 400,000 programs started. */
#define MARK_BYTES_MAX (32 << 20)
/* The mark file's name with this suffix is an empty file, made when a line could not be added.
 */
#define MARK_MISSING_SUFFIX ".missing"

/* The reader refuses a trace with a bit here that it does not know. */
#define TRACE_INCOMPATIBLE_KNOWN 0ull

enum trace_state {
	TRACE_FORMING = 0, /* the header is not complete: the process ended while making it */
	TRACE_LIVE = 1,	   /* complete; it stays so when the process ends, in whatever way */
};

enum trace_section_kind {
	SECTION_PROCESS = 1,
	SECTION_PRODUCER = 2,
	SECTION_TOPIC = 3,
	SECTION_CELL = 4,
	SECTION_SOCKET = 5,
	SECTION_SITE = 6,
	SECTION_MODULE = 7,
	SECTION_STRING = 8,
	SECTION_THREAD = 9,
	SECTION_RING = 10,
	SECTION_LIBRARY = 11,
	SECTION_SOCKET_MORE = 12,
	SECTION_MOMENT = 13,
	SECTION_PRODUCER_MORE = 14,
	SECTION_PEER = 15,
	SECTION_SOCKET_TOLD = 16,
	SECTION_LARGE = 17,
	SECTION_STAGES = 18,
};
#define TRACE_SECTIONS 18
#define TRACE_SECTIONS_FIRST 13 /* those that every trace of version 2 has */

/*
 * `used` rows have been claimed, in order, and never given back; each row's
 * own `state` (its first word, 0 = not complete yet) says whether it can be
 * read. `dropped` counts what did not fit: the reader says so, always.
 */
struct trace_section {
	uint32_t kind;	    /* enum trace_section_kind */
	uint32_t row_bytes; /* 1 for SECTION_STRING */
	uint64_t offset;
	uint32_t rows; /* capacity */
	uint32_t used; /* live; may exceed `rows` when claims failed */
	uint64_t dropped;
};

struct trace_header {
	char magic[8];
	uint32_t version;
	uint32_t byte_order;
	uint32_t header_bytes; /* sizeof(struct trace_header) */
	uint32_t state;	       /* enum trace_state; stored last at creation */
	uint64_t compatible;
	uint64_t incompatible;
	uint64_t file_bytes;
	uint32_t section_count;
	uint32_t section_bytes; /* sizeof(struct trace_section) */
	uint64_t sections_at;
	char shim_version[16]; /* NUL-padded, e.g. "0.1.0" */
	uint8_t run[16]; /* number of the `unflushed run` that it was made under; zeros: none */
	uint8_t spare[24];
	struct trace_section sections[TRACE_SECTIONS];
};

/*
 * The process's totals at a border in time. At most TRACE_MOMENTS of them cover
 * its whole life, however long that is: borders are series_width_ns apart; when
 * all rows are taken the width doubles, and of the moments that now are between
 * the same two borders the last stays. A moment holds totals, not differences,
 * so that a missing one costs detail, never a sum. Rows are in order of time; a
 * row that is not later than the one before it is left over from halving the
 * rows, and readers skip it.
 */
struct trace_moment {
	uint32_t state;
	uint32_t fill_max_permille; /* the fullest send buffer since the moment before */
	int64_t at_ns;		    /* CLOCK_MONOTONIC */
	uint64_t accepted_bytes;
	uint64_t produced;
	uint64_t settled; /* delivered, unconfirmed, failed or purged */
	uint64_t delivered;
	uint64_t stalled_ns;
	uint64_t requests; /* Produce, whole */
};
#define TRACE_MOMENTS 256

struct trace_thread {
	uint32_t state;
	int32_t tid;
	uint64_t head;	    /* events ever written to the ring */
	uint64_t takeovers; /* times a new thread took the slot of a dead one */
	char name[16];
	/* Messages that this thread has handed to the send() of a client written in Python or
	 * Java. Each is counted as sent or rejected later; until then it is inside send(). */
	uint64_t offered;
	uint8_t spare[16];
};

/*
 * A thread's ring holds TRACE_RING_EVENTS events; event n is at n modulo
 * that. `head` is stored after the event, so a reader takes the events
 * [head - TRACE_RING_EVENTS + 1, head): the slot at head may be half-written.
 */
struct trace_event {
	int64_t at_ns; /* CLOCK_MONOTONIC */
	uint16_t kind; /* events.def */
	uint16_t flags;
	uint32_t object; /* row of the section that the kind names */
	int64_t a;
	int64_t b;
};
#define TRACE_RING_EVENTS 1024
#define TRACE_RING_BYTES (TRACE_RING_EVENTS * 32)

enum trace_event_kind {
	EVENT_NONE = 0,
#define EVENT(name, number, object, a, b) EVENT_##name = number,
#include "format/events.def"
#undef EVENT
};

TRACE_SIZE_IS(trace_section, 32);
TRACE_SIZE_IS(trace_header, 696);
TRACE_SIZE_IS(trace_moment, 64);
TRACE_SIZE_IS(trace_event, 32);
TRACE_SIZE_IS(trace_thread, 64);

#endif
