/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_wait.c - poll, select, epoll: notes that the thread has waited.
 *
 * After EAGAIN on_bytes.c asks whether the thread has waited since the write before, and
 * pollout.h looks for waits for POLLOUT. These calls are frequent in every event loop, so a
 * note is one addition in the thread's own memory: no system call, no atomic, no trace, and the
 * clock is read only where POLLOUT was asked for. A call with a timeout of 0 that returned 0
 * has not waited. A call that could wait may take longer: after it a moment of the series may
 * be stored (trace/series.h) and, where acks=0 was used, the kernel's send queues sampled
 * (acks0_queue.h).
 */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <time.h>
#undef _GNU_SOURCE

#include "calls/calls.h"
#include "guest/guest.h"
#include "socket/acks0_queue.h"
#include "socket/pollout.h"
#include "socket/state.h"
#include "trace/large_thread.h"
#include "trace/map.h"
#include "trace/series.h"

/* The series also needs moments while nothing is written: messages may be produced and end. */
static void border_look(void)
{
	int64_t now_ns = guest_now_coarse_ns();
	struct guest_thread *self = guest_this_thread();

	if (LIKELY(now_ns < __atomic_load_n(&trace->series_next_ns, __ATOMIC_RELAXED)) ||
	    guest_is_borrowed() || !guest_enter(self))
		return;
	series_pass(now_ns);
	guest_leave(self);
}

/* Returns whether a trace is recorded. */
static bool waited(int given, bool could_wait)
{
	if (given != 0 || could_wait)
		socket_this_thread()->waits++;
	if (__atomic_load_n(guest_phase_word, __ATOMIC_ACQUIRE) != GUEST_RECORDING)
		return false;
	large_call_note(LARGE_POLLED);
	if (UNLIKELY(acks0_queue_is_open()))
		acks0_queue_sample_settled();
	if (could_wait)
		border_look();
	return true;
}

static bool is_no_wait(const struct timespec *timeout)
{
	return timeout && timeout->tv_sec == 0 && timeout->tv_nsec == 0;
}

void on_poll(const struct call *call, int given, struct pollfd *fds, nfds_t count,
	     int timeout_ms)
{
	if (waited(given, timeout_ms != 0))
		pollout_polled(call, given, fds, count);
}

void on___poll_chk(const struct call *call, int given, struct pollfd *fds, nfds_t count,
		   int timeout_ms, size_t capacity)
{
	(void)capacity;
	if (waited(given, timeout_ms != 0))
		pollout_polled(call, given, fds, count);
}

void on_ppoll(const struct call *call, int given, struct pollfd *fds, nfds_t count,
	      const struct timespec *timeout, const sigset_t *mask)
{
	(void)mask;
	if (waited(given, !is_no_wait(timeout)))
		pollout_polled(call, given, fds, count);
}

void on___ppoll_chk(const struct call *call, int given, struct pollfd *fds, nfds_t count,
		    const struct timespec *timeout, const sigset_t *mask, size_t capacity)
{
	(void)mask, (void)capacity;
	if (waited(given, !is_no_wait(timeout)))
		pollout_polled(call, given, fds, count);
}

/* select() on Linux subtracts the time from its timeout: afterwards a timeout of 0
 * cannot be distinguished from one that has expired. It counts as a wait: better to
 * miss a spin than to count a false one. */
void on_select(const struct call *call, int given, int count, fd_set *readable,
	       fd_set *writable, fd_set *exceptional, struct timeval *timeout)
{
	(void)readable, (void)exceptional, (void)timeout;
	if (waited(given, true))
		pollout_selected(call, given, count, writable);
}

void on_pselect(const struct call *call, int given, int count, fd_set *readable,
		fd_set *writable, fd_set *exceptional, const struct timespec *timeout,
		const sigset_t *mask)
{
	(void)readable, (void)exceptional, (void)mask;
	if (waited(given, !is_no_wait(timeout)))
		pollout_selected(call, given, count, writable);
}

void on_epoll_wait(const struct call *call, int given, int fd, struct epoll_event *events,
		   int capacity, int timeout_ms)
{
	(void)capacity;
	if (waited(given, timeout_ms != 0))
		pollout_epolled(call, given, fd, events);
}

void on_epoll_pwait(const struct call *call, int given, int fd, struct epoll_event *events,
		    int capacity, int timeout_ms, const sigset_t *mask)
{
	(void)capacity, (void)mask;
	if (waited(given, timeout_ms != 0))
		pollout_epolled(call, given, fd, events);
}

void on_epoll_pwait2(const struct call *call, int given, int fd, struct epoll_event *events,
		     int capacity, const struct timespec *timeout, const sigset_t *mask)
{
	(void)capacity, (void)mask;
	if (waited(given, !is_no_wait(timeout)))
		pollout_epolled(call, given, fd, events);
}
