/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pollout.c - see pollout.h. Reads the host's arrays only after the kernel has read them,
 * except one word of a select's set, for a thread whose sets the kernel has read before, and
 * one entry of a poll's array (is_there).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#undef _GNU_SOURCE

#include "socket/pollout.h"

#include "calls/calls.h"
#include "guest/guest.h"
#include "guest/ticks.h"
#include "socket/fdtable.h"
#include "socket/kernel.h"
#include "socket/stall.h"
#include "socket/state.h"
#include "trace/map.h"
#include "trace/series.h"
#include "trace/socket_row.h"

#define SET_BITS (sizeof(unsigned long) * CHAR_BIT)
#define POLLOUT_EVENTS (POLLOUT | POLLWRNORM)

/* A wait that has returned; the clock is read when it is needed. */
struct wait {
	struct guest_thread *self;
	int64_t began_ns; /* 0: not known */
	int64_t now_ns;	  /* 0: the clock was not read yet */
};

static void mark_end(void)
{
	uint32_t index = socket_thread.pollout_marked - 1u;

	socket_thread.pollout_marked = 0;
	__atomic_store_n(&trace->sockets_more[index].wait_began_ns, 0, __ATOMIC_RELAXED);
}

/* Also ends the mark of an earlier wait, if that was left by a longjmp() out of a signal
 * handler. */
static struct wait wait_of(const struct call *call)
{
	struct guest_thread *self = guest_this_thread();

	if (UNLIKELY(socket_thread.pollout_marked))
		mark_end();
	return (struct wait){.self = self, .began_ns = call->began_ns};
}

/* On EINTR the kernel has not written to the host's arrays, and nothing was ready. */
static bool can_be_read(const struct call *call, int given)
{
	return given >= 0 || call->error == EINTR;
}

/* Before its first write a host waits for the connection, or for bytes of the peer. */
static bool is_written(const struct trace_socket *row)
{
	return row->state == SOCKET_OPEN && row->written_last_ns &&
	       !socket_row_is_set(row, SOCKET_RESET | SOCKET_SHUT);
}

static int64_t later(int64_t one_ns, int64_t other_ns)
{
	return one_ns > other_ns ? one_ns : other_ns;
}

/* The thread polled `fd` for POLLOUT; `writable`: the kernel has reported it. */
static void asked(struct wait *wait, int fd, struct trace_socket *row, bool writable)
{
	if (!wait->began_ns)
		return;
	if (!wait->now_ns)
		wait->now_ns = ticks_now_ns(wait->self);
	/* Another thread may have written meanwhile. */
	int64_t began_ns = later(wait->began_ns, row->written_last_ns);

	if (LIKELY(wait->now_ns - began_ns < STALL_LOOK_NS) || guest_is_borrowed() ||
	    !guest_enter(wait->self))
		return;
	series_look(wait->now_ns);
	stall_waited(fd, row, began_ns, wait->now_ns, writable);
	guest_leave(wait->self);
}

/* --- before the call ---------------------------------------------------------------- */

/* A forked child in which the guest is not awake yet has no rows. */
static bool is_recording(void)
{
	return __atomic_load_n(guest_phase_word, __ATOMIC_ACQUIRE) == GUEST_RECORDING;
}

static void mark_begin(const struct trace_socket *row, int64_t now_ns)
{
	if (!row || !is_written(row))
		return;
	__atomic_store_n(&socket_row_more(row)->wait_began_ns, now_ns, __ATOMIC_RELAXED);
	socket_thread.pollout_marked = (uint16_t)(socket_row_index(row) + 1);
}

/* The kernel has not read the array yet, so it may be invalid. It can be read if the kernel has
 * read the same address before, or if it is on the stack, in a frame of the callers. */
#define FRAMES_BYTES 16384

static bool is_there(const struct pollfd *fds)
{
	uintptr_t here = (uintptr_t)__builtin_dwarf_cfa();

	return fds &&
	       (fds == socket_thread.pollout_fds || (uintptr_t)fds - here < FRAMES_BYTES);
}

int64_t pollout_poll_begins(const struct pollfd *fds, nfds_t count)
{
	struct guest_thread *self = guest_this_thread();
	int64_t now_ns = ticks_now_ns(self);

	if (is_there(fds) && socket_thread.pollout_at < count && is_recording() &&
	    fds[socket_thread.pollout_at].events & POLLOUT_EVENTS)
		mark_begin(fdtable_row(fds[socket_thread.pollout_at].fd), now_ns);
	return now_ns;
}

static bool set_has(const fd_set *set, int count, int fd)
{
	/* Not FD_ISSET: it aborts a host whose sets are larger than libc's. */
	const unsigned long *words = (const unsigned long *)set;

	return fd >= 0 && fd < count &&
	       words[(size_t)fd / SET_BITS] >> (size_t)fd % SET_BITS & 1;
}

int64_t pollout_select_begins(int count, const fd_set *writable)
{
	struct guest_thread *self = guest_this_thread();

	if (!writable || !is_recording())
		return 0;
	const struct trace_socket *row = &trace->sockets[socket_thread.pollout_row];

	/* Checked before the call, which overwrites the set. */
	if (!set_has(writable, count, row->fd))
		return 0;
	int64_t now_ns = ticks_now_ns(self);

	if (fdtable_row(row->fd) == row)
		mark_begin(row, now_ns);
	return now_ns;
}

int64_t pollout_epoll_begins(int epoll)
{
	struct guest_thread *self = guest_this_thread();
	int64_t now_ns = ticks_now_ns(self);

	if (!is_recording())
		return now_ns;
	const struct trace_socket *row = &trace->sockets[socket_thread.pollout_epoll_row];
	const struct pollout_ask *ask = &socket_private(row)->pollout;

	if (__atomic_load_n(&ask->since_ns, __ATOMIC_ACQUIRE) && ask->epoll == epoll &&
	    !(ask->once && ask->since_ns < row->written_last_ns) && fdtable_row(row->fd) == row)
		mark_begin(row, now_ns);
	return now_ns;
}

/* --- after the call ----------------------------------------------------------------- */

static void thread_asks(const struct trace_socket *row)
{
	socket_thread.pollout_row = (uint16_t)socket_row_index(row); /* < GUEST_SOCKETS */
	socket_thread.pollout_polls = POLLOUT_POLLS;
}

static void thread_asks_not(void)
{
	if (socket_thread.pollout_polls)
		socket_thread.pollout_polls--;
}

static bool polled_one(struct wait *wait, int given, const struct pollfd *polled)
{
	struct trace_socket *row = fdtable_row(polled->fd);

	if (!row || !is_written(row))
		return false;
	thread_asks(row);
	asked(wait, polled->fd, row, given > 0 && polled->revents & POLLOUT_EVENTS);
	return true;
}

void pollout_polled(const struct call *call, int given, const struct pollfd *fds, nfds_t count)
{
	struct wait wait = wait_of(call);
	bool found = false;

	if (!can_be_read(call, given))
		return;
	for (nfds_t i = 0; i < count; i++)
		if (UNLIKELY(fds[i].events & POLLOUT_EVENTS) &&
		    polled_one(&wait, given, &fds[i])) {
			found = true;
			socket_thread.pollout_fds = fds;
			socket_thread.pollout_at = (uint32_t)i;
		}
	if (!found)
		thread_asks_not();
}

static bool selected_word(struct wait *wait, unsigned long word, int first, int32_t expected)
{
	bool found = false;

	for (; word; word &= word - 1) {
		int fd = first + __builtin_ctzl(word);
		struct trace_socket *row = fdtable_row(fd);

		if (!row || !is_written(row))
			continue;
		thread_asks(row);
		asked(wait, fd, row, true);
		found |= fd == expected;
	}
	return found;
}

void pollout_selected(const struct call *call, int given, int count, const fd_set *writable)
{
	struct wait wait = wait_of(call);
	struct trace_socket *row = &trace->sockets[socket_thread.pollout_row];
	int32_t expected = wait.began_ns ? row->fd : -1;
	const unsigned long *words = (const unsigned long *)writable;
	bool found = false;

	if (!writable || !can_be_read(call, given))
		return;
	if (!wait.began_ns)
		thread_asks_not();
	for (int first = 0; first < count && given > 0; first += (int)SET_BITS)
		found |= selected_word(&wait, words[(size_t)first / SET_BITS], first, expected);
	if (!found && expected >= 0 && fdtable_row(expected) == row && is_written(row))
		asked(&wait, expected, row, false);
}

/* --- epoll -------------------------------------------------------------------------- */

static void ask_end(struct pollout_ask *ask)
{
	if (__atomic_exchange_n(&ask->since_ns, 0, __ATOMIC_RELAXED))
		__atomic_fetch_sub(&socket_state->pollout_asks, 1, __ATOMIC_RELAXED);
}

static void ask_begin(struct pollout_ask *ask, int epoll, const struct epoll_event *event)
{
	bool goes_on = ask->since_ns && ask->epoll == epoll && !(event->events & EPOLLONESHOT);
	int64_t now_ns = goes_on ? ask->since_ns : ticks_now_ns(guest_this_thread());

	ask->epoll = epoll;
	ask->once = event->events & EPOLLONESHOT;
	ask->data = event->data.u64;
	if (!__atomic_exchange_n(&ask->since_ns, now_ns, __ATOMIC_RELEASE))
		__atomic_fetch_add(&socket_state->pollout_asks, 1, __ATOMIC_RELAXED);
}

void on_epoll_ctl(const struct call *call, int given, int epoll, int operation, int fd,
		  struct epoll_event *event)
{
	(void)call;
	if (given != 0 ||
	    __atomic_load_n(guest_phase_word, __ATOMIC_ACQUIRE) != GUEST_RECORDING ||
	    fdtable_word(fd) < FD_FIRST_ROW || guest_is_borrowed())
		return;
	struct pollout_ask *ask = &socket_private(fdtable_row(fd))->pollout;

	socket_this_thread()->pollout_epoll_row = (uint16_t)(fdtable_word(fd) - FD_FIRST_ROW);
	if (operation != EPOLL_CTL_DEL && (event->events & (EPOLLOUT | EPOLLET)) == EPOLLOUT)
		ask_begin(ask, epoll, event);
	else if (ask->epoll == epoll)
		ask_end(ask);
}

static bool is_reported(const struct pollout_ask *ask, int given,
			const struct epoll_event *events)
{
	for (int i = 0; i < given; i++)
		if (events[i].events & EPOLLOUT && events[i].data.u64 == ask->data)
			return true;
	return false;
}

/* The guest's note that POLLOUT is asked for may be out of date (io_uring can change
 * it unseen): checked by what epoll_wait() reported, or by poll(). */
static void epolled_one(struct wait *wait, int given, struct trace_socket *row,
			const struct pollout_ask *ask, const struct epoll_event *events)
{
	struct wait its = *wait;

	if (!is_written(row) || (ask->once && ask->since_ns < row->written_last_ns))
		return;
	its.began_ns = later(wait->began_ns, ask->since_ns);
	if (is_reported(ask, given, events))
		asked(&its, row->fd, row, true);
	else if (socket_would_block(row->fd))
		asked(&its, row->fd, row, false);
}

void pollout_epolled(const struct call *call, int given, int epoll,
		     const struct epoll_event *events)
{
	struct wait wait = wait_of(call);
	uint32_t asks = __atomic_load_n(&socket_state->pollout_asks, __ATOMIC_RELAXED),
		 found = 0;

	if (!wait.began_ns || !can_be_read(call, given))
		return;
	wait.now_ns = ticks_now_ns(wait.self);
	if (wait.now_ns - wait.began_ns < STALL_LOOK_NS)
		return;
	for (uint32_t i = 0; i < GUEST_SOCKETS && found < asks; i++) {
		const struct pollout_ask *ask = &socket_state->sockets[i].pollout;
		struct trace_socket *row = &trace->sockets[i];

		if (!__atomic_load_n(&ask->since_ns, __ATOMIC_ACQUIRE) ||
		    fdtable_row(row->fd) != row)
			continue;
		found++;
		if (ask->epoll == epoll)
			epolled_one(&wait, given, row, ask, events);
	}
	/* Connections that were closed meanwhile have not lowered the count. */
	if (found < asks)
		__atomic_compare_exchange_n(&socket_state->pollout_asks, &asks, found, false,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}
