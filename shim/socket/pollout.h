/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pollout.h - hosts that ask for room before they write.
 *
 * Who polls for POLLOUT before each write meets neither EAGAIN nor a short
 * write: it is held up in the poll. A poll that really waits has found no room,
 * and without a write room only grows: the buffer was full from the wait's
 * beginning on, and since the last write. So such a wait is a stall (stall.h).
 *
 * Cheap where nobody asks: poll is looked at for POLLOUT afterwards, when the
 * kernel has read the array without complaint, and only a thread that was
 * seen to ask has the clock read before its next waits. What epoll is asked
 * for, epoll_ctl says; with EPOLLET a wait means nothing, but those who use
 * it write until EAGAIN.
 */
#ifndef UNFLUSHED_ROOM_H
#define UNFLUSHED_ROOM_H

#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/time.h>
#include <time.h>

#include "calls/calls.h"
#include "guest/state.h"
#include "guest/ticks.h"

/* Waits without such a question after which a thread is no longer thought to ask. */
#define ROOM_POLLS 64

static inline bool room_is_asked(void)
{
	return UNLIKELY(guest_this_thread()->room_polls);
}

static inline bool room_is_asked_of_epoll(void)
{
	return guest && UNLIKELY(__atomic_load_n(&guest->room_asks, __ATOMIC_RELAXED));
}

static inline bool room_waits_ms(int timeout_ms)
{
	return timeout_ms != 0;
}

static inline bool room_waits_timespec(const struct timespec *timeout)
{
	return !timeout || timeout->tv_sec || timeout->tv_nsec;
}

static inline bool room_waits_timeval(const struct timeval *timeout)
{
	return !timeout || timeout->tv_sec || timeout->tv_usec;
}

/*
 * Before the wait: when it begins (0: nothing is asked that can be told). If it asks for the
 * connection that this thread asked for last, the trace has word of it before the kernel
 * has: a process that is killed inside has been held up in it, if it was not over at once.
 */
int64_t room_poll_begins(const struct pollfd *fds, nfds_t count);
int64_t room_select_begins(int count, const fd_set *writable);
int64_t room_epoll_begins(int epoll);

/* After the wait, of which call->began_ns is 0 if the clock was not read. */
void room_polled(const struct call *call, int given, const struct pollfd *fds, nfds_t count);
void room_selected(const struct call *call, int given, int count, const fd_set *writable);
void room_epolled(const struct call *call, int given, int epoll,
		  const struct epoll_event *events);

#endif
