/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.h - what this room keeps of the process, and of each thread (guest/part.h).
 */
#ifndef UNFLUSHED_SOCKET_STATE_H
#define UNFLUSHED_SOCKET_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/guest.h"
#include "socket/stall.h"
#include "trace/map.h"
#include "wire/wire.h"

/* Of descriptors above, an SO_SNDBUF that was set before connect() is not kept. */
#define SOCKET_WISHES 4096

/* Descriptors above are not looked at before there is a trace (fdtable.h). */
#define SOCKET_EARLY 1024

/* An epoll was asked to report POLLOUT, level-triggered (pollout.c). */
struct pollout_ask {
	int64_t since_ns; /* 0: it was not */
	uint64_t data;	  /* the host's word for it */
	int32_t epoll;
	bool once; /* EPOLLONESHOT */
};

/* A followed socket; entry n describes row n of SECTION_SOCKET. What every write
 * looks at lies together: each line of the cache that it touches costs it. */
struct guest_socket {
	/* One cache line: what a write of which there is nothing to say needs to know.
	 * The first thread that wrote, and the first that read: they alone add to the
	 * row's counters, with plain stores; all others to its row of SECTION_SOCKET_MORE. */
	const struct guest_thread *writer, *reader;
	struct trace_socket *row;
	int64_t calm_until_ns; /* until then a whole write needs no more than to be counted
				* (bytes_settle); 0 ask */
	int64_t sampled_ns;
	int64_t eagain_ns;     /* of the last write, if it returned EAGAIN; else 0 */
	uint32_t eagain_waits; /* that thread's `waits` at eagain_ns */
	uint32_t index;	       /* of the row */
	bool unanswered;       /* written since the last receive */
	bool peer_ended;       /* the end of what the peer sends was read */
	uint32_t last_bytes;   /* of the last write, if it went whole and began anew; else 0 */

	int32_t references; /* descriptors that name it */
	uint32_t shares;    /* times that another process may have come to have it */
	uint64_t left_over; /* offered, and not taken yet: what comes next is that again */
	int64_t nagle_ns;   /* a small write was held back then; 0 none */
	int64_t nagle_looked_ns;
	struct stall_look stall;
	struct pollout_ask pollout;
} __attribute__((aligned(64)));

struct socket_state {
	bool rings_looked_for;	/* io_uring.c: at the first connection */
	uint32_t queues_open;	/* acks0_queue.c: acks=0 was written, and may still be queued */
	int64_t queues_next_ns; /* not looked at again before */
	int64_t samples_next_ns; /* on_bytes.c: no send buffer is looked into before */
	uint32_t pollout_asks; /* pollout.c: connections of which an epoll was asked, or more */
	int32_t wishes[SOCKET_WISHES];		 /* SO_SNDBUF asked for before connect */
	bool wishes_forced[SOCKET_WISHES];	 /* by SO_SNDBUFFORCE */
	uint32_t descriptors[GUEST_DESCRIPTORS]; /* fdtable.h */
	struct guest_socket sockets[GUEST_SOCKETS];
	/* Apart from the sockets, because they are large: with many connections each first
	 * line above would lie in a page of its own (tests/bench/pairs 64 100). */
	struct wire wires[GUEST_SOCKETS];
};

_Static_assert(offsetof(struct guest_socket, last_bytes) + sizeof(uint32_t) <= 64,
	       "a small write looks at one cache line of it");

extern struct socket_state *socket_state; /* NULL until guest_wake() said AWAKE */

/* Of a thread; after guest_this_thread(), which resets it. */
struct socket_thread {
	uint32_t waits;		    /* poll and its kin that may have waited */
	uint16_t pollout_row;	    /* it polled for POLLOUT last of this connection, */
	uint16_t pollout_polls;	    /* so many waits ago less than POLLOUT_POLLS; 0 never */
	uint16_t pollout_epoll_row; /* of which an epoll was asked last */
	uint16_t pollout_marked;    /* row plus 1 that says of the wait under way; 0 none */
	uint32_t pollout_at;	    /* it was asked for at this place */
	const void *pollout_fds;    /* of this array */
};

extern __thread struct socket_thread socket_thread __attribute__((tls_model("initial-exec")));

static inline struct socket_thread *socket_this_thread(void)
{
	guest_this_thread();
	return &socket_thread;
}

/* What this process alone knows of the connection in `row`. */
static inline struct guest_socket *socket_private(const struct trace_socket *row)
{
	return &socket_state->sockets[row - trace->sockets];
}

/* How far its stream of Kafka frames has been read. */
static inline struct wire *socket_wire(const struct trace_socket *row)
{
	return &socket_state->wires[row - trace->sockets];
}

/* A set of connections, by the numbers of their rows. */
struct socket_rows {
	uint64_t bits[GUEST_SOCKETS / 64];
};

static inline void socket_rows_add(struct socket_rows *rows, uint32_t index)
{
	rows->bits[index / 64] |= 1ull << index % 64;
}

static inline void socket_rows_remove(struct socket_rows *rows, uint32_t index)
{
	rows->bits[index / 64] &= ~(1ull << index % 64);
}

static inline bool socket_rows_has(const struct socket_rows *rows, uint32_t index)
{
	return rows->bits[index / 64] >> index % 64 & 1;
}

#endif
