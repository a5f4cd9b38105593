/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_socket.c - sockets are made, connected, configured, duplicated and closed.
 *
 * The first connect() makes the trace. Handlers of closing calls run before the
 * real call: after it, the number may already be another thread's new
 * descriptor.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#undef _GNU_SOURCE

#include <linux/close_range.h>
#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2) /* from Linux 5.11 on */
#endif

#include "calls/calls.h"
#include "guest/guest.h"
#include "guest/settings.h"
#include "guest/ticks.h"
#include "java/probe.h"
#include "peer/attempts.h"
#include "peer/peers.h"
#include "python/probe.h"
#include "socket/ending.h"
#include "socket/fdtable.h"
#include "socket/handover.h"
#include "socket/io_uring.h"
#include "socket/kernel.h"
#include "socket/redirect.h"
#include "socket/state.h"
#include "trace/record.h"
#include "trace/socket_row.h"
#include "trace/writer.h"

static bool recording(void)
{
	return guest_phase() == GUEST_RECORDING;
}

/* The kernel has just assigned this number: what the table has for it is out of date. */
static void number_is_new(int fd)
{
	if (fd >= 0 && fdtable_word(fd) != FD_UNKNOWN)
		socket_close(fd, END_REPLACED);
}

void on_socket(const struct call *call, int given, int domain, int type, int protocol)
{
	(void)call, (void)domain, (void)type, (void)protocol;
	if (recording())
		number_is_new(given);
	if (socket_state && (unsigned)given < SOCKET_WISHES)
		socket_state->wishes[given] = 0;
}

/* A Python client makes a socketpair for its event loop or its sender, before any connection:
 * the time to look for it. The pair itself is not followed. */
void on_socketpair(const struct call *call, int given, int domain, int type, int protocol,
		   int pair[2])
{
	(void)type, (void)protocol, (void)pair;
	if (given == 0 && domain == AF_UNIX && guest_phase() != GUEST_SILENT &&
	    !guest_is_borrowed())
		python_probe_pair_seen(call->caller);
}

/* The Java client makes an epoll descriptor before it makes its sender, in code of the JVM from
 * which JNI may be called. */
void on_epoll_create(const struct call *call, int given, int size)
{
	(void)given, (void)size;
	java_probe_selector_seen(call->caller);
}

void on_epoll_create1(const struct call *call, int given, int flags)
{
	(void)given, (void)flags;
	java_probe_selector_seen(call->caller);
}

static bool is_internet(const struct sockaddr *to, socklen_t bytes)
{
	return to && bytes >= sizeof(sa_family_t) &&
	       (to->sa_family == AF_INET || to->sa_family == AF_INET6);
}

/* A connect() that has returned. */
struct tried {
	const struct sockaddr *to; /* the address that the host gave */
	socklen_t bytes;
	int error; /* errno; 0: connected */
	int64_t began_ns;
	uint32_t peer; /* peer_at() */
};

static void buffer_asked(struct trace_socket *row, int32_t asked, bool forced)
{
	uint32_t *flags = &socket_row_more(row)->flags;

	row->buffer_requested = asked;
	socket_row_set(row, SOCKET_BUFFER_FIXED);
	if (forced)
		__atomic_fetch_or(flags, SOCKET_BUFFER_FORCED, __ATOMIC_RELAXED);
	else
		__atomic_fetch_and(flags, ~(uint32_t)SOCKET_BUFFER_FORCED, __ATOMIC_RELAXED);
}

/* Follows a connection that is established, or may become so. */
static void connect_follow(int fd, const struct tried *tried)
{
	if (!socket_state->rings_looked_for) {
		socket_state->rings_looked_for = true;
		io_uring_look();
		ticks_now_ns(guest_this_thread()); /* PR_GET_TSC, while no filter bars it */
	}
	struct trace_socket *row = fdtable_follow(fd, 0);

	if (!row)
		return;
	row->opened_ns = tried->began_ns;
	if ((unsigned)fd < SOCKET_WISHES && socket_state->wishes[fd])
		buffer_asked(row, socket_state->wishes[fd], socket_state->wishes_forced[fd]);
	socket_peer_asked(row, tried->to, tried->bytes); /* until getpeername() works */
	socket_addresses(fd, row);
	writer_event_at(tried->began_ns, EVENT_CONNECT, socket_row_index(row), fd,
			tried->error);
	attempt_begins(row, tried->peer);
	if (tried->error == 0) {
		row->connected_ns = guest_now_ns();
		row->state = SOCKET_OPEN;
		attempt_over(row, 0, row->connected_ns);
	}
}

/* Hosts call connect() again to learn whether the connection is established, or to try again
 * after it failed. */
static void connect_again(struct trace_socket *row, const struct tried *tried)
{
	if (row->state != SOCKET_CONNECTING || tried->error == EALREADY)
		return;
	if (tried->error == EINPROGRESS) {
		if (!attempt_is_open(row)) {
			peer_begun(tried->peer, tried->began_ns);
			attempt_begins(row, tried->peer);
		}
		return;
	}
	bool made = tried->error == 0 || tried->error == EISCONN;

	if (made)
		row->state = SOCKET_OPEN;
	if (tried->error != EINTR)
		attempt_over(row, made ? 0 : tried->error, guest_now_ns());
}

static void connect_note(int fd, struct tried *tried)
{
	struct trace_socket *row = fdtable_row(fd);

	tried->peer = peer_at(tried->to);
	if (row) {
		connect_again(row, tried);
		return;
	}
	if (tried->error == EISCONN || tried->error == EALREADY)
		return; /* of a connection that is not followed */
	peer_begun(tried->peer, tried->began_ns);
	if (tried->error == 0 || tried->error == EINPROGRESS || tried->error == EINTR)
		connect_follow(fd, tried);
	else
		peer_ended(tried->peer, peer_end_of(tried->error), tried->error,
			   guest_now_ns());
}

int on_connect(struct call *call, int fd, const struct sockaddr *to, socklen_t bytes)
{
	if (!socket_is_tcp(fd) || guest_is_borrowed() || !record_ready()) {
		errno = call->error;
		int result = REAL(connect, call)(fd, to, bytes);

		call->error = errno;
		return result;
	}
	python_probe_connect_seen(call->caller);
	java_probe_connect_seen(call->caller);
	struct redirect_target target;
	bool redirected = guest_settings.redirect[0] && is_internet(to, bytes) &&
			  redirect_connect(to, &target);
	int64_t began_ns = guest_now_ns();

	errno = call->error;
	int result = redirected ? REAL(connect, call)(fd, redirect_address(&target, to),
						      target.bytes)
				: REAL(connect, call)(fd, to, bytes);

	call->error = errno;
	/* EFAULT: the kernel could not read the address, so the guest does not, either. */
	if ((result < 0 && call->error == EFAULT) || !is_internet(to, bytes) || !recording())
		return result;
	struct guest_thread *self = guest_this_thread();

	if (guest_enter(self)) {
		struct tried tried = {.to = to,
				      .bytes = bytes,
				      .error = result < 0 ? call->error : 0,
				      .began_ns = began_ns};

		connect_note(fd, &tried);
		struct trace_socket *row = fdtable_row(fd);

		if (redirected && row)
			redirect_note(row, &target);
		guest_leave(self);
	}
	return result;
}

/* The host asks for the result of its connect(). 0 may also mean that it is not known yet. */
void on_getsockopt(const struct call *call, int given, int fd, int level, int name, void *value,
		   socklen_t *bytes)
{
	struct trace_socket *row = fdtable_row(fd);

	(void)call;
	if (given != 0 || level != SOL_SOCKET || name != SO_ERROR || !row ||
	    !attempt_is_open(row) || guest_is_borrowed() || *bytes < sizeof(int))
		return;
	int error = *(const int *)value;
	bool made = error == 0 && socket_kind(fd) == SOCKET_KIND_CONNECTED;
	struct guest_thread *self = guest_this_thread();

	if ((!made && error == 0) || !guest_enter(self))
		return;
	if (made) {
		row->state = SOCKET_OPEN;
		row->connected_ns = guest_now_ns();
		socket_addresses(fd, row);
	}
	attempt_over(row, error, guest_now_ns());
	guest_leave(self);
}

static void accepted(int given)
{
	if (given < 0 || !recording())
		return;
	number_is_new(given);
	if (!socket_is_tcp(given))
		return;
	/* Connections that a server accepts are not a producer's: they are followed only
	 * while there are free rows. */
	struct guest_thread *self = guest_this_thread();

	if (!guest_enter(self))
		return;
	struct trace_socket *row = fdtable_follow(given, SOCKET_ACCEPTED);

	if (row) {
		socket_addresses(given, row);
		row->connected_ns = row->opened_ns;
		row->state = SOCKET_OPEN;
		writer_event(EVENT_ACCEPTED, socket_row_index(row), given, 0);
	}
	guest_leave(self);
}

void on_accept(const struct call *call, int given, int fd, struct sockaddr *from,
	       socklen_t *bytes)
{
	(void)call, (void)fd, (void)from, (void)bytes;
	accepted(given);
}

void on_accept4(const struct call *call, int given, int fd, struct sockaddr *from,
		socklen_t *bytes, int flags)
{
	(void)call, (void)fd, (void)from, (void)bytes, (void)flags;
	accepted(given);
}

/* Hosts set SO_SNDBUF before connect(), when there is no row and perhaps no
 * trace yet: the value is kept by descriptor. The other options can be read back. */
static void buffer_wish(int fd, int level, int name, const void *value, socklen_t bytes)
{
	if (level != SOL_SOCKET || (name != SO_SNDBUF && name != SO_SNDBUFFORCE) ||
	    bytes < sizeof(int) || guest_is_borrowed())
		return;
	int asked = *(const int *)value;
	struct trace_socket *row = guest_phase() == GUEST_RECORDING ? fdtable_row(fd) : NULL;

	if (row) {
		buffer_asked(row, asked, name == SO_SNDBUFFORCE);
	} else if ((unsigned)fd < SOCKET_WISHES && socket_state) {
		socket_state->wishes[fd] = asked;
		socket_state->wishes_forced[fd] = name == SO_SNDBUFFORCE;
	}
}

void on_setsockopt(const struct call *call, int given, int fd, int level, int name,
		   const void *value, socklen_t bytes)
{
	(void)call;
	if (given != 0 || guest_phase() == GUEST_SILENT || !value)
		return;
	buffer_wish(fd, level, name, value, bytes);
	struct trace_socket *row = guest_phase() == GUEST_RECORDING ? fdtable_row(fd) : NULL;

	if (!row || guest_is_borrowed())
		return;
	/* Reads the option back: the kernel may have changed the value. */
	socket_row_clear(row, SOCKET_NODELAY | SOCKET_CORKED | SOCKET_LINGER_ZERO);
	row->linger_seconds = TRACE_UNKNOWN;
	socket_settings(fd, row);
	struct guest_thread *self = guest_this_thread();

	if (!guest_enter(self))
		return;
	writer_event(EVENT_OPTION, socket_row_index(row), level << 16 | name,
		     bytes >= sizeof(int) ? *(const int *)value : 0);
	guest_leave(self);
}

void on_shutdown(const struct call *call, int fd, int how)
{
	struct trace_socket *row = fdtable_row(fd);
	struct guest_thread *self = guest_this_thread();

	(void)call;
	if (!row || how == SHUT_RD || guest_is_borrowed() || !guest_enter(self))
		return;
	socket_row_set(row, SOCKET_SHUT);
	writer_event(EVENT_SHUTDOWN, socket_row_index(row), how, socket_unacked_bytes(fd));
	guest_leave(self);
}

static void closing(int fd)
{
	struct guest_thread *self = guest_this_thread();
	bool entered = guest_enter_anyhow(self);

	socket_close(fd, END_CLOSE);
	guest_leave_anyhow(self, entered);
}

void on_close(const struct call *call, int fd)
{
	(void)call;
	closing(fd);
	if ((unsigned)fd < SOCKET_WISHES)
		socket_state->wishes[fd] = 0;
}

void on_close_range(const struct call *call, unsigned first, unsigned last, int flags)
{
	(void)call;
	/* CLOEXEC only marks, UNSHARE leaves the others' table alone. */
	if (recording() && !((unsigned)flags & CLOSE_RANGE_CLOEXEC) && first <= last &&
	    !guest_is_borrowed())
		socket_close_range(first, last);
}

void on_closefrom(const struct call *call, int first)
{
	(void)call;
	if (recording() && !guest_is_borrowed())
		socket_close_range(first < 0 ? 0 : (unsigned)first, GUEST_DESCRIPTORS - 1);
}

void on_fclose(const struct call *call, FILE *stream)
{
	(void)call;
	/* fclose() closes the descriptor inside libc, without calling the guest's close(). */
	if (!recording() || !stream)
		return;
	int fd = fileno(stream);

	if (fd >= 0 && fdtable_word(fd) != FD_UNKNOWN)
		closing(fd);
}

/* A child of vfork has duplicated a descriptor, for the program that it is about to exec. The
 * table, which is its parent's, cannot hold the new number. */
static bool copied_by_child(int fd)
{
	if (LIKELY(!guest_is_borrowed()))
		return false;
	handover_one(fd);
	return true;
}

void on_dup(const struct call *call, int given, int fd)
{
	(void)call;
	if (given < 0 || copied_by_child(fd))
		return;
	number_is_new(given);
	fdtable_duplicate(fd, given);
}

/* dup2 closes its target: that is handled before the call, the duplicate after it. */
static void replaced(int fd, int to)
{
	if (recording() && fd != to && to >= 0 && fdtable_word(to) != FD_UNKNOWN &&
	    socket_number_is_open(fd))
		socket_close(to, END_REPLACED);
}

static void duplicated(int fd, int to)
{
	if (to >= 0 && fd != to && recording() && !copied_by_child(fd))
		fdtable_duplicate(fd, to);
}

int on_dup2(struct call *call, int fd, int to)
{
	replaced(fd, to);
	errno = call->error;
	int given = REAL(dup2, call)(fd, to);

	call->error = errno;
	duplicated(fd, given);
	return given;
}

int on_dup3(struct call *call, int fd, int to, int flags)
{
	replaced(fd, to);
	errno = call->error;
	int given = REAL(dup3, call)(fd, to, flags);

	call->error = errno;
	duplicated(fd, given);
	return given;
}

/* Every command of fcntl takes at most one word, an integer or a pointer: both are passed
 * in the same way on x86-64 and aarch64. */
static int control(struct call *call, int fd, int command, va_list more)
{
	void *word = va_arg(more, void *);

	errno = call->error;
	int given = REAL(fcntl, call)(fd, command, word);

	call->error = errno;
	if ((command == F_DUPFD || command == F_DUPFD_CLOEXEC) && given >= 0 && recording() &&
	    !copied_by_child(fd)) {
		number_is_new(given);
		fdtable_duplicate(fd, given);
	}
	return given;
}

int on_fcntl(struct call *call, int fd, int command, va_list more)
{
	return control(call, fd, command, more);
}

int on_fcntl64(struct call *call, int fd, int command, va_list more)
{
	return control(call, fd, command, more);
}
