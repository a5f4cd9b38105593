/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_received.c - bytes come in on followed sockets (on_bytes.c: go out).
 *
 * Counts what the call returned, not what was asked for, and no bytes that were only
 * peeked at; passes the bytes to the decoder (wire/wire.h) in place; keeps none of them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/socket.h>
#undef _GNU_SOURCE

#include "calls/calls.h"
#include "guest/guest.h"
#include "guest/ticks.h"
#include "peer/attempts.h"
#include "socket/buffers.h"
#include "socket/fdtable.h"
#include "socket/frames.h"
#include "socket/setting_effects.h"
#include "socket/state.h"
#include "trace/large_thread.h"
#include "trace/series.h"
#include "trace/socket_row.h"
#include "trace/writer.h"
#include "wire/wire.h"

/* Bytes that Nagle holds back are sent by a delayed acknowledgement after 40 ms or more. */
#define NAGLE_WAIT_NS 30000000

/* The first answer after a small write: whether that had waited for an acknowledgement. */
static void nagle_answered(struct trace_socket *row, int64_t now_ns)
{
	struct guest_socket *private = socket_private(row);

	if (private->unanswered) {
		private->unanswered = false;
		if (UNLIKELY(socket_row_is_set(row, SOCKET_CORKED)))
			setting_effects_answered(row->fd, row, now_ns);
	}
	if (LIKELY(!private->nagle_ns))
		return;
	if (now_ns - private->nagle_ns >= NAGLE_WAIT_NS)
		__atomic_fetch_add(&row->nagle_waits, 1, __ATOMIC_RELAXED);
	private->nagle_ns = 0;
}

/* As is_writer() in on_bytes.c. */
static bool is_reader(struct trace_socket *row, const struct guest_thread *self)
{
	struct guest_socket *private = socket_private(row);
	const struct guest_thread *none = NULL;

	if (LIKELY(__atomic_load_n(&private->reader, __ATOMIC_RELAXED) == self))
		return true;
	return __atomic_compare_exchange_n(&private->reader, &none, self, false,
					   __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

/* For a host that reads before it writes, the error of a read tells that connect() has failed.
 */
static void received_nothing(struct trace_socket *row, int error)
{
	if (LIKELY(row->state != SOCKET_CONNECTING) || error == EAGAIN || error == EINTR ||
	    error == ENOTCONN)
		return;
	attempt_over(row, error, guest_now_ns());
}

static void received(const struct call *call, ssize_t result, int fd,
		     const struct buffers *buffers)
{
	struct trace_socket *row = fdtable_row(fd);
	struct guest_thread *self = guest_this_thread();

	if (!row)
		return;
	if (UNLIKELY(result < 0)) {
		setting_effects_failed(row, call->error);
		received_nothing(row, call->error);
	}
	if (UNLIKELY(result == 0) && buffers->offered)
		socket_private(row)->peer_ended = true;
	large_call_note(LARGE_READ);
	if (result <= 0 || !guest_enter(self))
		return;
	int64_t now_ns = ticks_now_ns(self);

	series_look(now_ns);
	if (LIKELY(is_reader(row, self)))
		writer_add(&row->received_bytes, (uint64_t)result);
	else
		writer_add_shared(&socket_row_more(row)->others_received_bytes,
				  (uint64_t)result);
	nagle_answered(row, now_ns);
	if (wire_listens(socket_wire(row)))
		buffers_show(buffers, (size_t)result, row, now_ns, frames_received);
	guest_leave(self);
}

void on_read(const struct call *call, ssize_t given, int fd, void *bytes, size_t capacity)
{
	struct buffers buffers = buffers_of(bytes, capacity);

	received(call, given, fd, &buffers);
}

void on___read_chk(const struct call *call, ssize_t given, int fd, void *bytes, size_t capacity,
		   size_t object)
{
	(void)object;
	on_read(call, given, fd, bytes, capacity);
}

/* Peeked bytes are read again later; the error queue and urgent data are not in the stream. */
static bool is_of_the_stream(int flags)
{
	return !(flags & (MSG_PEEK | MSG_ERRQUEUE | MSG_OOB));
}

/* With MSG_TRUNC the kernel drops the bytes instead of storing them: they cannot be read. */
static void received_message(const struct call *call, ssize_t result, int fd,
			     const struct msghdr *message, int flags)
{
	struct buffers buffers =
		flags & MSG_TRUNC || result < 0
			? buffers_of(NULL, 0)
			: buffers_of_parts(message->msg_iov, message->msg_iovlen);

	if (is_of_the_stream(flags))
		received(call, result, fd, &buffers);
}

void on_recv(const struct call *call, ssize_t given, int fd, void *bytes, size_t capacity,
	     int flags)
{
	if (is_of_the_stream(flags))
		on_read(call, given, fd, flags & MSG_TRUNC ? NULL : bytes, capacity);
}

void on___recv_chk(const struct call *call, ssize_t given, int fd, void *bytes, size_t capacity,
		   size_t object, int flags)
{
	(void)object;
	on_recv(call, given, fd, bytes, capacity, flags);
}

void on_recvfrom(const struct call *call, ssize_t given, int fd, void *bytes, size_t capacity,
		 int flags, struct sockaddr *from, socklen_t *from_bytes)
{
	(void)from, (void)from_bytes;
	on_recv(call, given, fd, bytes, capacity, flags);
}

void on___recvfrom_chk(const struct call *call, ssize_t given, int fd, void *bytes,
		       size_t capacity, size_t object, int flags, struct sockaddr *from,
		       socklen_t *from_bytes)
{
	(void)object, (void)from, (void)from_bytes;
	on_recv(call, given, fd, bytes, capacity, flags);
}

void on_readv(const struct call *call, ssize_t given, int fd, const struct iovec *parts,
	      int count)
{
	if (given <= 0)
		count = 0;
	struct buffers buffers = buffers_of_parts(parts, (size_t)count);

	received(call, given, fd, &buffers);
}

void on_recvmsg(const struct call *call, ssize_t given, int fd, struct msghdr *message,
		int flags)
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
