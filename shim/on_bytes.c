/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_bytes.c - bytes go out and come in on followed sockets.
 *
 * Counts what the call returned, not what was asked; shows the decoder
 * (wire.h) the bytes that moved, in place; never keeps one of them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <sys/socket.h>
#undef _GNU_SOURCE

#include "calls.h"
#include "fdtable.h"
#include "guest.h"
#include "on_wire.h"
#include "socket_facts.h"
#include "stall.h"
#include "writer.h"

/* The memory of one call: where the bytes are, however they were given. */
struct span {
	const struct iovec *parts; /* NULL: `bytes` alone, or unseen */
	size_t parts_count;
	const void *bytes; /* NULL with no parts: sent without passing by us */
	size_t offered;
};

/* A write: when it entered and when it came back. */
struct moment {
	int64_t began_ns, now_ns;
};

/* At most this often, so that sampling (220 ns) stays far below 2 %. */
#define SAMPLE_EVERY_NS 20000000

/* A blocking call that took longer than copying could explain (1 ms and
 * 1 ns a byte) was held up. */
#define BLOCKED_NS(offered) (1000000 + (int64_t)(offered))

static size_t parts_bytes(const struct iovec *parts, size_t count)
{
	size_t bytes = 0;

	for (size_t i = 0; i < count; i++)
		bytes += parts[i].iov_len;
	return bytes;
}

typedef void wire_bytes_fn(struct trace_socket *row, const void *bytes, size_t count,
			   int64_t now_ns);

static void span_show(const struct span *span, size_t moved, struct trace_socket *row,
		      int64_t now_ns, wire_bytes_fn *show)
{
	if (!span->parts) {
		show(row, span->bytes, moved, now_ns);
		return;
	}
	for (size_t i = 0; i < span->parts_count && moved; i++) {
		size_t count = span->parts[i].iov_len < moved ? span->parts[i].iov_len : moved;

		if (count)
			show(row, span->parts[i].iov_base, count, now_ns);
		moved -= count;
	}
}

/* The write's beginning, and the word that it is over and being counted. A process that is
 * leaving may have accounted its first part already (stall_account). */
static int64_t write_began(const struct call *call, struct trace_socket *row)
{
	int64_t marked_ns = __atomic_exchange_n(&row->write_began_ns, -1, __ATOMIC_RELAXED);

	return marked_ns > call->began_ns ? marked_ns : call->began_ns;
}

static bool was_held_up(int fd, int64_t began_ns, int64_t now_ns, size_t offered)
{
	return UNLIKELY(now_ns - began_ns > BLOCKED_NS(offered)) && socket_is_blocking(fd);
}

/* Less was taken than offered: from now on, or since a blocking call entered
 * that then ran into its timeout or a signal. */
static void fell_short(int fd, struct trace_socket *row, const struct moment *at, size_t offered)
{
	if (was_held_up(fd, at->began_ns, at->now_ns, offered)) {
		fdtable_flag_set(row, SOCKET_BLOCKING);
		stall_begin(fd, row, at->began_ns, at->now_ns);
	} else {
		stall_begin(fd, row, at->now_ns, at->now_ns);
	}
}

/* A thread that sleeps or waits for another comes back later than this; one
 * that only tries again comes back sooner. */
#define SPIN_NS 50000

/* EAGAIN right after EAGAIN, and the thread has not waited in between? */
static void eagain_note(struct trace_socket *row, const struct moment *at)
{
	struct guest_socket *private = fdtable_private(row);
	uint32_t waits = guest_this_thread()->waits;

	if (private->eagain_ns && private->eagain_waits == waits &&
	    at->began_ns - private->eagain_ns < SPIN_NS)
		writer_add_shared(&row->eagain_spins, 1);
	private->eagain_ns = at->now_ns;
	private->eagain_waits = waits;
}

static void write_failed(int fd, struct trace_socket *row, const struct span *span, int error,
			 const struct moment *at)
{
	if (error == EAGAIN || error == EWOULDBLOCK) {
		writer_add_shared(&row->eagain, 1);
		eagain_note(row, at);
		fell_short(fd, row, at, span->offered);
	} else if (error != EINTR) {
		writer_add_shared(&row->write_errors, 1);
		if (error == EPIPE || error == ECONNRESET)
			fdtable_flag_set(row, SOCKET_RESET);
	}
}

/* Now and then, so that a stall has something to be compared with. */
static void sample(int fd, struct trace_socket *row, int64_t now_ns)
{
	fdtable_private(row)->sampled_ns = now_ns;
	int fill = socket_fill_sample(fd, row);

	writer_event_at(now_ns, EVENT_FILL, fdtable_row_index(row), fill, TRACE_UNKNOWN);
	if (!fdtable_flag_is_set(row, SOCKET_STALLED))
		stall_look(fd, row, now_ns);
}

/* What fits a segment can be held back by Nagle's algorithm; a delayed
 * acknowledgement lets it go after 40 ms or more. */
#define NAGLE_BYTES 1448
#define NAGLE_LOOK_NS 5000000
#define NAGLE_WAIT_NS 30000000

/* A small write after another without an answer between: has it left? Asked
 * of SIOCOUTQNSD (190 ns, no lock), at most once in 5 ms. */
static void nagle_note(int fd, struct trace_socket *row, size_t accepted, int64_t now_ns)
{
	struct guest_socket *private = fdtable_private(row);
	bool unanswered = private->unanswered;

	private->unanswered = true;
	if (LIKELY(fdtable_flag_is_set(row, SOCKET_NODELAY | SOCKET_CORKED)) ||
	    accepted >= NAGLE_BYTES || !unanswered || now_ns - private->nagle_looked_ns < NAGLE_LOOK_NS)
		return;
	private->nagle_looked_ns = now_ns;
	int32_t unsent = socket_never_sent_bytes(fd);

	private->nagle_ns = unsent > 0 && unsent < NAGLE_BYTES ? now_ns : 0;
}

/* The first answer after it: had it waited for an acknowledgement? */
static void nagle_answered(struct trace_socket *row, int64_t now_ns)
{
	struct guest_socket *private = fdtable_private(row);

	private->unanswered = false;
	if (LIKELY(!private->nagle_ns))
		return;
	if (now_ns - private->nagle_ns >= NAGLE_WAIT_NS)
		__atomic_fetch_add(&row->nagle_waits, 1, __ATOMIC_RELAXED);
	private->nagle_ns = 0;
}

static void write_went(int fd, struct trace_socket *row, const struct span *span, size_t accepted,
		       const struct moment *at)
{
	stall_end(fd, row, at->now_ns);
	writer_add_shared(&row->accepted_bytes, accepted);
	row->written_last_ns = at->now_ns;
	fdtable_private(row)->eagain_ns = 0;
	if (accepted < span->offered) {
		writer_add_shared(&row->short_writes, 1);
		fell_short(fd, row, at, span->offered);
	} else if (was_held_up(fd, at->began_ns, at->now_ns, span->offered)) {
		fdtable_flag_set(row, SOCKET_BLOCKING);
		stall_whole(fd, row, at->began_ns, at->now_ns);
	}
	span_show(span, accepted, row, at->now_ns, wire_bytes_sent);
	nagle_note(fd, row, accepted, at->now_ns);
	if (UNLIKELY(at->now_ns - fdtable_private(row)->sampled_ns > SAMPLE_EVERY_NS))
		sample(fd, row, at->now_ns);
}

static void written(const struct call *call, ssize_t result, int fd, const struct span *span)
{
	struct trace_socket *row = fdtable_find(fd);
	struct guest_thread *self = guest_this_thread();

	if (!row)
		return;
	if (row->state == SOCKET_CONNECTING && result >= 0) {
		row->state = SOCKET_OPEN;
		row->connected_ns = call->began_ns;
		socket_addresses(fd, row);
	}
	bool entered = guest_enter_anyhow(self);
	struct moment at = {.began_ns = write_began(call, row), .now_ns = guest_now_ns()};

	writer_add_shared(&row->writes, 1);
	writer_add_shared(&row->offered_bytes, span->offered);
	writer_event_at(at.now_ns, EVENT_WRITE, fdtable_row_index(row), (int64_t)span->offered,
			result < 0 ? -(int64_t)call->error : (int64_t)result);
	if (result < 0)
		write_failed(fd, row, span, call->error, &at);
	else
		write_went(fd, row, span, (size_t)result, &at);
	/* Only now: killed before this, what the kernel took is not all counted. */
	__atomic_store_n(&row->write_began_ns, 0, __ATOMIC_RELEASE);
	guest_leave_anyhow(self, entered);
}

static void received(const struct call *call, ssize_t result, int fd, const struct span *span)
{
	struct trace_socket *row = fdtable_row(fd);
	struct guest_thread *self = guest_this_thread();

	if (!row)
		return;
	if (result < 0 && call->error == ECONNRESET)
		fdtable_flag_set(row, SOCKET_RESET);
	if (result <= 0 || !guest_enter(self))
		return;
	writer_add_shared(&row->received_bytes, (uint64_t)result);
	int64_t now_ns = guest_now_ns();

	nagle_answered(row, now_ns);
	span_show(span, (size_t)result, row, now_ns, wire_bytes_received);
	guest_leave(self);
}

static struct span span_of(const void *bytes, size_t count)
{
	return (struct span){.bytes = bytes, .offered = count};
}

static struct span span_of_parts(const struct iovec *parts, size_t count)
{
	return (struct span){parts, count, NULL, parts_bytes(parts, count)};
}

void on_write(const struct call *call, ssize_t given, int fd, const void *bytes, size_t count)
{
	struct span span = span_of(bytes, count);

	written(call, given, fd, &span);
}

void on_send(const struct call *call, ssize_t given, int fd, const void *bytes, size_t count,
	     int flags)
{
	(void)flags;
	on_write(call, given, fd, bytes, count);
}

void on_sendto(const struct call *call, ssize_t given, int fd, const void *bytes, size_t count,
	       int flags, const struct sockaddr *to, socklen_t to_bytes)
{
	(void)flags, (void)to, (void)to_bytes;
	on_write(call, given, fd, bytes, count);
}

void on_writev(const struct call *call, ssize_t given, int fd, const struct iovec *parts, int count)
{
	/* The kernel has refused a bad array or count: nothing to walk then. */
	if (given < 0 && call->error != EAGAIN)
		count = 0;
	struct span span = span_of_parts(parts, (size_t)count);

	written(call, given, fd, &span);
}

void on_sendmsg(const struct call *call, ssize_t given, int fd, const struct msghdr *message,
		int flags)
{
	(void)flags;
	if (given < 0 && call->error != EAGAIN) {
		struct span none = span_of(NULL, 0);

		written(call, given, fd, &none);
		return;
	}
	struct span span = span_of_parts(message->msg_iov, message->msg_iovlen);

	written(call, given, fd, &span);
}

void on_sendmmsg(const struct call *call, int given, int fd, struct mmsghdr *messages,
		 unsigned count, int flags)
{
	(void)flags, (void)count;
	if (given < 0) {
		struct span none = span_of(NULL, 0);

		written(call, given, fd, &none);
		return;
	}
	for (int i = 0; i < given; i++) {
		struct span span = span_of_parts(messages[i].msg_hdr.msg_iov,
						 messages[i].msg_hdr.msg_iovlen);

		written(call, (ssize_t)messages[i].msg_len, fd, &span);
	}
}

/* A file's bytes go from kernel to kernel: counted, not seen. */
void on_sendfile(const struct call *call, ssize_t given, int fd, int from, off_t *offset,
		 size_t count)
{
	struct span span = span_of(NULL, given < 0 || (size_t)given > count ? 0 : count);

	(void)from, (void)offset;
	/* At the end of the file less than asked is no short write. */
	if (given >= 0 && (size_t)given < count && !socket_would_block(fd))
		span.offered = (size_t)given;
	written(call, given, fd, &span);
}

void on_sendfile64(const struct call *call, ssize_t given, int fd, int from, int64_t *offset,
		   size_t count)
{
	on_sendfile(call, given, fd, from, (off_t *)offset, count);
}

void on_read(const struct call *call, ssize_t given, int fd, void *bytes, size_t room)
{
	struct span span = span_of(bytes, room);

	received(call, given, fd, &span);
}

void on___read_chk(const struct call *call, ssize_t given, int fd, void *bytes, size_t room,
		   size_t object)
{
	(void)object;
	on_read(call, given, fd, bytes, room);
}

/* Peeked bytes come again; the error queue and urgent data are not the stream. */
static bool is_of_the_stream(int flags)
{
	return !(flags & (MSG_PEEK | MSG_ERRQUEUE | MSG_OOB));
}

/* With MSG_TRUNC the kernel drops what it would have stored: gone, unseen. */
static void received_message(const struct call *call, ssize_t result, int fd,
			     const struct msghdr *message, int flags)
{
	struct span span = flags & MSG_TRUNC || result <= 0
				   ? span_of(NULL, 0)
				   : span_of_parts(message->msg_iov, message->msg_iovlen);

	if (is_of_the_stream(flags))
		received(call, result, fd, &span);
}

void on_recv(const struct call *call, ssize_t given, int fd, void *bytes, size_t room, int flags)
{
	if (is_of_the_stream(flags))
		on_read(call, given, fd, flags & MSG_TRUNC ? NULL : bytes, room);
}

void on___recv_chk(const struct call *call, ssize_t given, int fd, void *bytes, size_t room,
		   size_t object, int flags)
{
	(void)object;
	on_recv(call, given, fd, bytes, room, flags);
}

void on_recvfrom(const struct call *call, ssize_t given, int fd, void *bytes, size_t room,
		 int flags, struct sockaddr *from, socklen_t *from_bytes)
{
	(void)from, (void)from_bytes;
	on_recv(call, given, fd, bytes, room, flags);
}

void on___recvfrom_chk(const struct call *call, ssize_t given, int fd, void *bytes, size_t room,
		       size_t object, int flags, struct sockaddr *from, socklen_t *from_bytes)
{
	(void)object, (void)from, (void)from_bytes;
	on_recv(call, given, fd, bytes, room, flags);
}

void on_readv(const struct call *call, ssize_t given, int fd, const struct iovec *parts, int count)
{
	if (given <= 0)
		count = 0;
	struct span span = span_of_parts(parts, (size_t)count);

	received(call, given, fd, &span);
}

void on_recvmsg(const struct call *call, ssize_t given, int fd, struct msghdr *message, int flags)
{
	received_message(call, given, fd, message, flags);
}

void on_recvmmsg(const struct call *call, int given, int fd, struct mmsghdr *messages,
		 unsigned count, int flags, struct timespec *timeout)
{
	(void)count, (void)timeout;
	for (int i = 0; i < given; i++)
		received_message(call, (ssize_t)messages[i].msg_len, fd, &messages[i].msg_hdr,
				 flags);
}
