/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pollout.h - hosts that wait for POLLOUT before they write.
 *
 * A host that polls for POLLOUT before each write gets neither EAGAIN nor a
 * short write: it waits in the poll instead. A poll that waits has found the
 * send buffer full; it was full since the last write, because without a write
 * the buffer only empties. So such a wait is a stall (stall.h).
 *
 * Cheap if no poll asks for POLLOUT: a poll's array is looked through for
 * POLLOUT afterwards, when the kernel has read it without complaint, and only a
 * thread that was seen to poll for POLLOUT has the clock read before its next
 * waits. What an epoll is asked for, epoll_ctl says; with EPOLLET a wait means
 * nothing, but those who use it write until EAGAIN.
 */
#ifndef UNFLUSHED_SOCKET_POLLOUT_H
#define UNFLUSHED_SOCKET_POLLOUT_H

#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/time.h>
#include <time.h>

#include "calls/calls.h"
#include "socket/state.h"

/* After so many waits without POLLOUT a thread is no longer thought to poll for it. */
#define POLLOUT_POLLS 64

/* Whether this thread polls for POLLOUT; whether an epoll was asked for it. */
static inline bool pollout_is_asked(void)
{
	return UNLIKELY(socket_this_thread()->pollout_polls);
}

static inline bool pollout_is_asked_of_epoll(void)
{
	return socket_state &&
	       UNLIKELY(__atomic_load_n(&socket_state->pollout_asks, __ATOMIC_RELAXED));
}

/* Whether a wait with that timeout may last: POSIX's three ways to name one. */
static inline bool pollout_waits_ms(int timeout_ms)
{
	return timeout_ms != 0;
}

static inline bool pollout_waits_timespec(const struct timespec *timeout)
{
	return !timeout || timeout->tv_sec || timeout->tv_nsec;
}

static inline bool pollout_waits_timeval(const struct timeval *timeout)
{
	return !timeout || timeout->tv_sec || timeout->tv_usec;
}

/*
 * Before the wait: when it begins (0: nothing is asked that can be told). If it asks for the
 * connection that this thread asked for last, the trace has word of it before the kernel
 * has: a process that is killed inside has been held up in it, if it was not over at once.
 */
int64_t pollout_poll_begins(const struct pollfd *fds, nfds_t count);
int64_t pollout_select_begins(int count, const fd_set *writable);
int64_t pollout_epoll_begins(int epoll);

/* After the wait, of which call->began_ns is 0 if the clock was not read. */
void pollout_polled(const struct call *call, int given, const struct pollfd *fds, nfds_t count);
void pollout_selected(const struct call *call, int given, int count, const fd_set *writable);
void pollout_epolled(const struct call *call, int given, int epoll,
		     const struct epoll_event *events);

#endif
