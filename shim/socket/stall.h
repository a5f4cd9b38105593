/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stall.h - the spans in which the kernel would not take the bytes that a connection
 * was offered, and what caused them.
 *
 * A stall begins with a short write or EAGAIN (for a blocking call: when it
 * enters; for a host that waits for POLLOUT first: with the wait, pollout.h) and ends
 * at the next progress. Why is asked of TCP_INFO, which takes
 * the socket's lock: only by the thread that has just been held up or has
 * just made progress, or that is about to end the connection, and at most
 * once in STALL_LOOK_NS.
 */
#ifndef UNFLUSHED_SOCKET_STALL_H
#define UNFLUSHED_SOCKET_STALL_H

#include <stdbool.h>
#include <stdint.h>

#include "format/format.h"

/* 600 ns of system calls in 1 ms: 0.06 %. */
#define STALL_LOOK_NS 1000000

/* What TCP said when it was last asked, and what has been stalled since. */
struct stall_look {
	int64_t looked_ns; /* 0 never */
	uint64_t rwnd_limited_us;
	uint64_t pending_ns; /* stalled since then, cause not known yet */
	int64_t first_ns;    /* the stall that is going on began then */
	int64_t ended_ns;    /* the last one did */
	bool none_unsent;    /* everything in the send buffer was under way */
	bool by_wait;	     /* the open stall began with a wait */
};

/* The kernel took less than it was offered at `now_ns`; held up since
 * `began_ns` (earlier when a blocking call ran into its timeout). */
void stall_begin(int fd, struct trace_socket *row, int64_t began_ns, int64_t now_ns);

/* The kernel took bytes again: ends the stall, if one is open. */
void stall_end(int fd, struct trace_socket *row, int64_t now_ns);

/* A blocking call that took from began_ns to ended_ns to be taken whole. */
void stall_whole(int fd, struct trace_socket *row, int64_t began_ns, int64_t ended_ns);

/* A thread waited for POLLOUT from began_ns to now_ns, for STALL_LOOK_NS or longer;
 * it was told so (`writable`), or comes back without. */
void stall_waited(int fd, struct trace_socket *row, int64_t began_ns, int64_t now_ns,
		  bool writable);

/* The connection ends: what is still open is accounted up to here. */
void stall_close(int fd, struct trace_socket *row, int64_t now_ns);

/* The process is leaving: counts up to now what holds writes up (a stall, another thread's
 * blocking call or wait for POLLOUT), and leaves it open, because the process may run on. */
void stall_account(int fd, struct trace_socket *row, int64_t now_ns);

/* Asks TCP_INFO, if that is due, for what the next stall is compared with; costs 600 ns. */
void stall_look(int fd, struct trace_socket *row, int64_t now_ns);

#endif
