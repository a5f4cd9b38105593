/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map.h - where the mapped trace is, and what is kept of it in this process.
 *
 * Zero in a forked child (guest/part.h), until that makes a trace of its own.
 */
#ifndef UNFLUSHED_TRACE_MAP_H
#define UNFLUSHED_TRACE_MAP_H

#include <stdint.h>

#include "format/format.h"
#include "guest/guest.h"

#define LARGE_DRAINED 8 /* batches of one request */

struct trace_map {
	/* One cache line: what a call that is counted looks at. */
	int64_t series_next_ns; /* series.c: the next border */
	struct trace_process *process;
	struct trace_socket *sockets;
	struct trace_socket_more *sockets_more;
	struct trace_thread *threads;
	struct trace_event *rings;
	struct trace_topic *topics;
	struct trace_cell *cells;

	struct trace_header *header;
	struct trace_producer *producers;
	struct trace_producer_more *producers_more;
	struct trace_site *sites;
	struct trace_module *modules;
	char *strings;
	struct trace_library *libraries;
	struct trace_moment *moments;
	struct trace_peer *peers;
	struct trace_socket_told *sockets_told;
	struct trace_large *large;
	struct trace_stages *stages;

	int32_t forming_thread; /* tid of the thread that makes the trace */
	uint32_t series_rows;	/* of SECTION_MOMENT in use */
	uint32_t series_busy;
	uint32_t series_fill; /* the fullest send buffer since the last moment */

	uint32_t overflow_topic; /* row for whatever found no other */
	/* A producer's topic rows and a topic row's cells, as lists of rows plus
	 * 1, so that adding up does not walk the whole tables. */
	uint32_t topic_lists[GUEST_PRODUCERS];
	uint32_t topic_next[GUEST_TOPIC_ROWS];
	uint32_t cell_lists[GUEST_TOPIC_ROWS];
	uint32_t cell_next[GUEST_CELLS];
	uint16_t cell_after[GUEST_CELLS]; /* writer_cell_after() */

	/* Of large.c. */
	uint32_t large_batches;		     /* numbers given to batches */
	uint32_t large_waiting;		     /* rows whose request is not written whole */
	uint32_t large_use[GUEST_LARGE];     /* enum large_use */
	uint64_t large_request[GUEST_LARGE]; /* connection and request that it waits for */
	/* Of large_thread.c. */
	uint32_t large_timed;			/* messages that are known by their address, */
	uint32_t large_period;			/* which grows when there is one again */
	const void *large_message[GUEST_LARGE]; /* by row; NULL none */
	uint32_t large_building[GUEST_SOCKETS]; /* turn of the request that is being written */
	uint32_t large_built_next;
	struct {
		uint64_t request; /* 0: the place is free */
		uint32_t turn;
	} large_built[GUEST_LARGE];
	uint32_t large_turns;
	/* Each at its number modulo so many. */
	struct large_turn {
		uint32_t number;   /* from 1 */
		uint32_t requests; /* that were built in it, */
		uint32_t left;	   /* of these: may hold a small message */
		uint32_t cpu_us;
		uint64_t bytes; /* of the others' messages */
	} large_turn[GUEST_LARGE];
	/* Of large_drained.c. */
	bool large_drains;
	struct large_drain {
		uint64_t records;
		int64_t last_ns;
		uint32_t count; /* batches, of which so many are known: */
		uint32_t batches[LARGE_DRAINED];
	} large_drain[GUEST_PRODUCERS];
	struct {
		int64_t opened_ns; /* of the connection that it counts for */
		uint32_t count;
	} requests_handed[GUEST_SOCKETS];
} __attribute__((aligned(64)));

extern struct trace_map *trace; /* never NULL after guest_wake() said AWAKE */

#endif
