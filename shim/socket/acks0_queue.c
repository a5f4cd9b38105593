/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acks0_queue.c - see acks0_queue.h. SIOCOUTQ takes no lock (190 ns), TCP_INFO (400 ns) takes
 * the socket's for a moment.
 */
#include "socket/acks0_queue.h"

#include "guest/guest.h"
#include "socket/fdtable.h"
#include "socket/kernel.h"
#include "socket/state.h"
#include "trace/map.h"
#include "trace/owners.h"
#include "trace/socket_row.h"

/* A peer's TCP acknowledges after 40 ms at the latest, plus the round trip. */
#define SETTLED_NS 50000000
#define AGAIN_NS 200000000
/* At most one sample (800 ns) in 5 ms while the connection is written to. */
#define WRITING_NS 5000000

bool acks0_queue_is_open(void)
{
	return socket_state && __atomic_load_n(&socket_state->queues_open, __ATOMIC_RELAXED);
}

/* queued_ns is cleared first and set last: if the process is killed in between, there is no
 * sample. */
static void sample(struct trace_socket *row, int64_t now_ns)
{
	struct trace_socket_more *more = socket_row_more(row);
	/* Read before the sample: bytes written meanwhile count as written after it. */
	uint64_t accepted = __atomic_load_n(&row->accepted_bytes, __ATOMIC_RELAXED) +
			    __atomic_load_n(&more->others_accepted_bytes, __ATOMIC_RELAXED);
	int32_t bytes = socket_unacked_bytes(row->fd);
	int64_t left = socket_window_left(row->fd, bytes);
	/* If the process ends with unread answers the kernel resets the connection, and the
	 * peer may drop bytes that have left the queue. */
	bool unread = socket_unread_bytes(row->fd) > 0;

	__atomic_store_n(&more->queued_ns, 0, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	more->queued_bytes = bytes;
	more->queued_held = left < 0 ? bytes : 0;
	more->queued_room = unread ? QUEUED_UNREAD : left < 0 ? 0 : left;
	more->queued_accepted = accepted;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	__atomic_store_n(&more->queued_ns, bytes == TRACE_UNKNOWN ? 0 : now_ns,
			 __ATOMIC_RELAXED);
}

/* Nothing was written since the queue was seen empty, with no answer unread. */
static bool is_settled(const struct trace_socket *row)
{
	const struct trace_socket_more *more = socket_row_more(row);

	return more->queued_ns >= row->written_last_ns && more->queued_bytes == 0 &&
	       more->queued_room != QUEUED_UNREAD;
}

void acks0_queue_note(struct trace_socket *row)
{
	__atomic_store_n(&socket_state->queues_open, 1, __ATOMIC_RELAXED);
	if (row->written_last_ns - socket_row_more(row)->queued_ns >= WRITING_NS)
		sample(row, row->written_last_ns);
}

/* With TLS the frames cannot be read: the producer's acks setting decides. */
static bool is_unanswerable(const struct trace_socket *row)
{
	return row->produce_unanswerable || owners_hidden_acks0(row);
}

/* Returns whether there is a connection that must be sampled again. */
static bool sample_rows(int64_t now_ns, int64_t quiet_ns)
{
	bool open = false;

	for (uint32_t i = 0; i < GUEST_SOCKETS; i++) {
		struct trace_socket *row = &trace->sockets[i];

		if (__atomic_load_n(&row->state, __ATOMIC_ACQUIRE) != SOCKET_OPEN ||
		    !is_unanswerable(row) || is_settled(row) || !fdtable_reaches(row))
			continue;
		if (now_ns - row->written_last_ns >= quiet_ns)
			sample(row, now_ns);
		open |= !is_settled(row);
	}
	return open;
}

void acks0_queue_sample_all(void)
{
	if (acks0_queue_is_open() && !guest_is_borrowed())
		sample_rows(guest_now_ns(), 0);
}

void acks0_queue_sample_settled(void)
{
	int64_t now_ns = guest_now_coarse_ns();
	int64_t next_ns = __atomic_load_n(&socket_state->queues_next_ns, __ATOMIC_RELAXED);

	/* One thread at a time, and not often. */
	if (now_ns < next_ns ||
	    !__atomic_compare_exchange_n(&socket_state->queues_next_ns, &next_ns,
					 now_ns + AGAIN_NS, false, __ATOMIC_RELAXED,
					 __ATOMIC_RELAXED))
		return;
	struct guest_thread *self = guest_this_thread();

	if (guest_phase() != GUEST_RECORDING || guest_is_borrowed() || !guest_enter(self))
		return;
	/* Cleared before the sampling: a write meanwhile sets it again. */
	__atomic_store_n(&socket_state->queues_open, 0, __ATOMIC_RELAXED);
	if (sample_rows(guest_now_ns(), SETTLED_NS))
		__atomic_store_n(&socket_state->queues_open, 1, __ATOMIC_RELAXED);
	guest_leave(self);
}
