/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_bytes.c - bytes go out on followed sockets (on_received.c: come in).
 *
 * Counts what the call returned, not what was asked; shows the decoder
 * (wire/wire.h) the bytes that moved, in place; never keeps one of them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <sys/socket.h>
#undef _GNU_SOURCE

#include "calls/calls.h"
#include "guest/guest.h"
#include "guest/ticks.h"
#include "peer/attempts.h"
#include "socket/acks0_queue.h"
#include "socket/buffers.h"
#include "socket/fdtable.h"
#include "socket/frames.h"
#include "socket/handover.h"
#include "socket/kernel.h"
#include "socket/setting_effects.h"
#include "socket/stall.h"
#include "socket/state.h"
#include "trace/large.h"
#include "trace/large_thread.h"
#include "trace/map.h"
#include "trace/owners.h"
#include "trace/series.h"
#include "trace/socket_row.h"
#include "trace/writer.h"
#include "wire/wire.h"

/* When a write was called and when it returned. */
struct moment {
	int64_t began_ns, now_ns;
};

/* At most this often for a connection, and this often for the process: so sampling a send
 * buffer (6 us when nothing of it is in a cache) takes less than 2 % of the time, however many
 * connections there are. */
#define SAMPLE_EVERY_NS 20000000
#define SAMPLE_GAP_NS 500000

/* A blocking call that took longer than copying takes (1 ms and 1 ns a byte)
 * has waited for room. */
#define BLOCKED_NS(offered) (1000000 + (int64_t)(offered))

/* Returns when the write began and ended (the same time with MSG_DONTWAIT), and marks in the
 * row that it is over and being counted. If it took long, a process that is exiting may have
 * counted its first part as a stall already (stall_account): only then does this need a bus
 * lock. */
static struct moment write_over(const struct call *call, struct trace_socket *row,
				int64_t now_ns)
{
	struct moment at = {.began_ns = call->began_ns, .now_ns = now_ns};

	if (LIKELY(at.now_ns - at.began_ns < STALL_LOOK_NS)) {
		__atomic_store_n(&row->write_began_ns, -1, __ATOMIC_RELAXED);
	} else {
		int64_t marked_ns =
			__atomic_exchange_n(&row->write_began_ns, -1, __ATOMIC_RELAXED);

		if (marked_ns > at.began_ns)
			at.began_ns = marked_ns;
	}
	if (at.now_ns < at.began_ns)
		at.now_ns = at.began_ns;
	/* Keeps the compiler from moving the counting before the mark. */
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	return at;
}

/* Only the first thread that writes to a connection adds to the counters of its row: with a
 * plain store (0.2 ns), where an atomic addition costs a bus lock (6 ns). All other threads,
 * and a signal handler that interrupts an addition, add to the row in socket_more. */
static bool is_writer(struct trace_socket *row, const struct guest_thread *self)
{
	struct guest_socket *private = socket_private(row);
	const struct guest_thread *none = NULL;

	if (LIKELY(__atomic_load_n(&private->writer, __ATOMIC_RELAXED) == self))
		return true;
	return __atomic_compare_exchange_n(&private->writer, &none, self, false,
					   __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

static void count_write(struct trace_socket *row, size_t offered, size_t accepted, bool alone)
{
	if (LIKELY(alone)) {
		writer_add(&row->accepted_bytes, accepted);
		writer_add(&row->offered_bytes, offered);
		writer_add(&row->writes, 1);
		return;
	}
	struct trace_socket_more *more = socket_row_more(row);

	writer_add_shared(&more->others_accepted_bytes, accepted);
	writer_add_shared(&more->others_offered_bytes, offered);
	writer_add_shared(&more->others_writes, 1);
}

/* How many of a write's bytes had not been offered before: after a short write the rest is
 * offered again, by any thread, and is subtracted once. A write of other bytes instead cannot
 * be distinguished from that. */
static size_t offered_anew(struct trace_socket *row, size_t offered, size_t accepted)
{
	uint64_t *left_over = &socket_private(row)->left_over;
	size_t left = 0;

	if (UNLIKELY(__atomic_load_n(left_over, __ATOMIC_RELAXED)))
		left = __atomic_exchange_n(left_over, 0, __ATOMIC_RELAXED);
	if (UNLIKELY(left || accepted < offered))
		__atomic_fetch_add(left_over, (offered > left ? offered : left) - accepted,
				   __ATOMIC_RELAXED);
	return offered > left ? offered - left : 0;
}

static bool was_held_up(int fd, int64_t began_ns, int64_t now_ns, size_t offered)
{
	return UNLIKELY(now_ns - began_ns > BLOCKED_NS(offered)) && socket_is_blocking(fd);
}

/* The kernel took less than was offered: begins a stall now, or at the start of a
 * blocking call that ended by its timeout or a signal. */
static void fell_short(int fd, struct trace_socket *row, const struct moment *at,
		       size_t offered, size_t accepted)
{
	if (was_held_up(fd, at->began_ns, at->now_ns, offered)) {
		socket_row_set(row, SOCKET_BLOCKING);
		setting_effects_fell_short(row, at->now_ns - at->began_ns, offered - accepted);
		stall_begin(fd, row, at->began_ns, at->now_ns);
	} else {
		stall_begin(fd, row, at->now_ns, at->now_ns);
	}
}

/* A thread that sleeps or waits for another one writes again later than this; one
 * that spins writes again sooner. */
#define SPIN_NS 50000

/* Counts an EAGAIN right after an EAGAIN, if the thread has not waited in between. */
static void eagain_note(struct trace_socket *row, const struct moment *at)
{
	struct guest_socket *private = socket_private(row);
	uint32_t waits = socket_this_thread()->waits;

	if (private->eagain_ns && private->eagain_waits == waits &&
	    at->began_ns - private->eagain_ns < SPIN_NS)
		writer_add_shared(&row->eagain_spins, 1);
	private->eagain_ns = at->now_ns;
	private->eagain_waits = waits;
}

static void write_failed(int fd, struct trace_socket *row, const struct buffers *buffers,
			 int error, const struct moment *at)
{
	if (error == EAGAIN || error == EWOULDBLOCK) {
		writer_add_shared(&row->eagain, 1);
		eagain_note(row, at);
		fell_short(fd, row, at, buffers->offered, 0);
	} else if (error != EINTR) {
		writer_add_shared(&row->write_errors, 1);
		setting_effects_failed(row, error);
	}
}

/* When a connection may be sampled again. */
static int64_t sample_due_ns(const struct guest_socket *private)
{
	int64_t own_ns = private->sampled_ns + SAMPLE_EVERY_NS;
	int64_t all_ns = __atomic_load_n(&socket_state->samples_next_ns, __ATOMIC_RELAXED);

	return own_ns > all_ns ? own_ns : all_ns;
}

/* Samples from time to time, so that a stall's sample can be compared with an earlier one. */
static void sample(int fd, struct trace_socket *row, int64_t now_ns)
{
	__atomic_store_n(&socket_state->samples_next_ns, now_ns + SAMPLE_GAP_NS,
			 __ATOMIC_RELAXED);
	socket_private(row)->sampled_ns = now_ns;
	int fill = socket_fill_sample(fd, row);

	writer_event_at(now_ns, EVENT_FILL, socket_row_index(row), fill, TRACE_UNKNOWN);
	if (!socket_row_is_set(row, SOCKET_STALLED))
		stall_look(fd, row, now_ns);
}

/* Nagle's algorithm can hold back a write that is smaller than a segment, until a
 * delayed acknowledgement arrives after 40 ms or more. */
#define NAGLE_BYTES 1448
#define NAGLE_LOOK_NS 5000000

/* After two small writes without an answer in between: has the second been sent?
 * SIOCOUTQNSD tells (190 ns, no lock); asked at most once in 5 ms. */
static void nagle_note(int fd, struct trace_socket *row, size_t accepted, int64_t now_ns)
{
	struct guest_socket *private = socket_private(row);
	bool unanswered = private->unanswered;

	private->unanswered = true;
	if (LIKELY(socket_row_is_set(row, SOCKET_NODELAY | SOCKET_CORKED)) ||
	    accepted >= NAGLE_BYTES || !unanswered ||
	    now_ns - private->nagle_looked_ns < NAGLE_LOOK_NS)
		return;
	private->nagle_looked_ns = now_ns;
	int32_t unsent = socket_never_sent_bytes(fd);

	private->nagle_ns = unsent > 0 && unsent < NAGLE_BYTES ? now_ns : 0;
}

static void write_went(int fd, struct trace_socket *row, const struct buffers *buffers,
		       size_t accepted, const struct moment *at)
{
	if (UNLIKELY(socket_row_is_set(row, SOCKET_STALLED)))
		stall_end(fd, row, at->now_ns);
	row->written_last_ns = at->now_ns;
	if (UNLIKELY(socket_private(row)->eagain_ns))
		socket_private(row)->eagain_ns = 0;
	if (accepted < buffers->offered) {
		writer_add_shared(&row->short_writes, 1);
		fell_short(fd, row, at, buffers->offered, accepted);
	} else if (was_held_up(fd, at->began_ns, at->now_ns, buffers->offered)) {
		socket_row_set(row, SOCKET_BLOCKING);
		stall_whole(fd, row, at->began_ns, at->now_ns);
	}
	if (wire_listens(socket_wire(row))) {
		socket_wire(row)->offered_ns = at->began_ns;
		buffers_show(buffers, accepted, row, at->now_ns, frames_sent);
	}
	owners_written(row);
	if (UNLIKELY(owners_hidden_acks0(row)))
		acks0_queue_note(row);
	nagle_note(fd, row, accepted, at->now_ns);
	if (UNLIKELY(at->now_ns >= sample_due_ns(socket_private(row))))
		sample(fd, row, at->now_ns);
}

/* Sets until when small whole writes on this connection only need to be counted (bytes_settle).
 * Not while its bytes are decoded or may be acks=0 requests, a stall may end, or something is
 * due now. */
static void calm_set(struct trace_socket *row)
{
	struct guest_socket *private = socket_private(row);
	int64_t until_ns = sample_due_ns(private);
	int64_t border_ns = __atomic_load_n(&trace->series_next_ns, __ATOMIC_RELAXED);

	if (wire_listens(socket_wire(row)) || private->eagain_ns || owners_may_come(row) ||
	    owners_hidden_acks0(row))
		return;
	if (!socket_row_is_set(row, SOCKET_NODELAY | SOCKET_CORKED) &&
	    until_ns > private->nagle_looked_ns + NAGLE_LOOK_NS)
		until_ns = private->nagle_looked_ns + NAGLE_LOOK_NS;
	private->calm_until_ns = until_ns < border_ns ? until_ns : border_ns;
}

/*
 * Fast path, because most writes go out whole and at once and need only be
 * counted. It touches few cache lines of code and data: the system call has
 * just evicted ours from L1. In the child of a fork no connection is calm.
 */
bool bytes_settle(const struct call *call, size_t offered)
{
	struct guest_socket *private = call->socket;
	struct guest_thread *self = &guest_thread;

	if (UNLIKELY(!private || private->writer != self || self->inside))
		return false;
	struct trace_socket *row = __atomic_load_n(&private->row, __ATOMIC_RELAXED);
	int64_t now_ns = ticks_now_ns(self);

	if (UNLIKELY(!row || now_ns >= private->calm_until_ns ||
		     now_ns - call->began_ns >= STALL_LOOK_NS ||
		     socket_row_is_set(row, SOCKET_STALLED)))
		return false;
	self->inside_at = (uintptr_t)__builtin_dwarf_cfa();
	self->inside = true;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	__atomic_store_n(&row->write_began_ns, -1, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	writer_add(&row->accepted_bytes, offered);
	writer_add(&row->offered_bytes, offered);
	writer_add(&row->writes, 1);
	row->written_last_ns = now_ns;
	private->last_bytes = (uint32_t)offered;
	private->unanswered = true;
	if (UNLIKELY(!writer_joins_run(self, now_ns, private->index, (int64_t)offered)))
		writer_write_event(now_ns, private->index, (int64_t)offered, (int64_t)offered);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	__atomic_store_n(&row->write_began_ns, 0, __ATOMIC_RELEASE);
	guest_leave(self);
	return true;
}

/* The first write after connect(): its result shows whether that succeeded, if the host has not
 * asked. */
static void connecting(const struct call *call, ssize_t result, int fd,
		       struct trace_socket *row)
{
	if (result >= 0) {
		row->state = SOCKET_OPEN;
		row->connected_ns = call->began_ns;
		socket_addresses(fd, row);
		attempt_over(row, 0, call->began_ns);
	} else if (call->error != EAGAIN && call->error != EINTR && call->error != ENOTCONN &&
		   call->error != EPIPE) {
		attempt_over(row, call->error, call->began_ns);
	}
}

static void written(const struct call *call, ssize_t result, int fd,
		    const struct buffers *buffers)
{
	struct trace_socket *row = fdtable_find(fd);
	struct guest_thread *self = guest_this_thread();

	if (!row)
		return;
	if (UNLIKELY(row->state == SOCKET_CONNECTING))
		connecting(call, result, fd, row);
	bool entered = guest_enter_anyhow(self);
	/* Copying many bytes takes time, too, so MSG_DONTWAIT calls of large messages are
	 * timed. A large message that was compressed has few bytes. */
	bool at_once = buffers->at_once && buffers->offered < TRACE_LARGE_BYTES &&
		       !large_is_timed() && LIKELY(!large_waits());
	int64_t now_ns = at_once ? call->began_ns : ticks_now_ns(self);

	socket_private(row)->calm_until_ns = 0;
	/* Before the write is counted, while the row still has the time when the stall began.
	 */
	if (LIKELY(entered))
		series_look(now_ns);
	struct moment at = write_over(call, row, now_ns);

	size_t accepted = result < 0 ? 0 : (size_t)result;

	size_t anew = offered_anew(row, buffers->offered, accepted);
	bool whole = result >= 0 && accepted == buffers->offered && anew == accepted;

	if (result != 0)
		socket_private(row)->last_bytes = whole ? (uint32_t)accepted : 0;
	count_write(row, anew, accepted, entered && is_writer(row, self));
	writer_write_event(at.now_ns, socket_row_index(row), (int64_t)buffers->offered,
			   result < 0 ? -(int64_t)call->error : (int64_t)result);
	if (result < 0)
		write_failed(fd, row, buffers, call->error, &at);
	else
		write_went(fd, row, buffers, accepted, &at);
	if (result >= 0 && accepted == buffers->offered && !socket_private(row)->left_over)
		calm_set(row);
	large_call_note(LARGE_WROTE);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	/* Last: if the process is killed before this, bytes that the kernel took are not
	 * counted. */
	__atomic_store_n(&row->write_began_ns, 0, __ATOMIC_RELEASE);
	guest_leave_anyhow(self, entered);
}

void on_write(const struct call *call, ssize_t given, int fd, const void *bytes, size_t count)
{
	struct buffers buffers = buffers_of(bytes, count);

	written(call, given, fd, &buffers);
}

void on_send(const struct call *call, ssize_t given, int fd, const void *bytes, size_t count,
	     int flags)
{
	struct buffers buffers = buffers_of(bytes, count);

	buffers.at_once = flags & MSG_DONTWAIT;
	written(call, given, fd, &buffers);
}

void on_sendto(const struct call *call, ssize_t given, int fd, const void *bytes, size_t count,
	       int flags, const struct sockaddr *to, socklen_t to_bytes)
{
	(void)to, (void)to_bytes;
	on_send(call, given, fd, bytes, count, flags);
}

void on_writev(const struct call *call, ssize_t given, int fd, const struct iovec *parts,
	       int count)
{
	/* The kernel has refused the array or the count: it must not be read. */
	if (given < 0 && call->error != EAGAIN)
		count = 0;
	struct buffers buffers = buffers_of_parts(parts, (size_t)count);

	written(call, given, fd, &buffers);
}

void on_sendmsg(const struct call *call, ssize_t given, int fd, const struct msghdr *message,
		int flags)
{
	if (given < 0 && call->error != EAGAIN) {
		struct buffers none = buffers_of(NULL, 0);

		written(call, given, fd, &none);
		return;
	}
	struct buffers buffers = buffers_of_parts(message->msg_iov, message->msg_iovlen);

	if (given >= 0)
		handover_passed(message);
	buffers.at_once = flags & MSG_DONTWAIT;
	written(call, given, fd, &buffers);
}

void on_sendmmsg(const struct call *call, int given, int fd, struct mmsghdr *messages,
		 unsigned count, int flags)
{
	(void)flags, (void)count;
	if (given < 0) {
		struct buffers none = buffers_of(NULL, 0);

		written(call, given, fd, &none);
		return;
	}
	for (int i = 0; i < given; i++) {
		struct buffers buffers = buffers_of_parts(messages[i].msg_hdr.msg_iov,
							  messages[i].msg_hdr.msg_iovlen);

		written(call, (ssize_t)messages[i].msg_len, fd, &buffers);
	}
}

/* The bytes of a file do not pass through the process: they are counted, and cannot be read. */
void on_sendfile(const struct call *call, ssize_t given, int fd, int from, off_t *offset,
		 size_t count)
{
	struct buffers buffers =
		buffers_of(NULL, given < 0 || (size_t)given > count ? 0 : count);

	(void)from, (void)offset;
	/* A result below `count` may also mean the end of the file, which is no short write. */
	if (given >= 0 && (size_t)given < count && !socket_would_block(fd))
		buffers.offered = (size_t)given;
	written(call, given, fd, &buffers);
}

void on_sendfile64(const struct call *call, ssize_t given, int fd, int from, int64_t *offset,
		   size_t count)
{
	on_sendfile(call, given, fd, from, (off_t *)offset, count);
}
