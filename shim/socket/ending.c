/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ending.c - see ending.h.
 */
#include "socket/ending.h"

#include "guest/guest.h"
#include "peer/attempts.h"
#include "socket/fdtable.h"
#include "socket/frames.h"
#include "socket/handover.h"
#include "socket/io_uring.h"
#include "socket/kernel.h"
#include "socket/setting_effects.h"
#include "socket/stall.h"
#include "socket/state.h"
#include "trace/map.h"
#include "trace/socket_row.h"
#include "trace/writer.h"

/*
 * Reads TCP's counter and the send queue at one instant, by reading until the
 * queue has not changed in between: bytes that are acknowledged in between
 * would be in neither. If it always changes, the sum is too small, never too
 * large.
 */
static bool tcp_sample(int fd, struct socket_tcp *tcp, struct trace_socket *row)
{
	struct socket_tcp after;
	bool told = socket_tcp(fd, tcp);

	row->unsent_bytes = socket_unacked_bytes(fd);
	for (int i = 0; told && i < 8; i++) {
		if (!socket_tcp(fd, &after) ||
		    after.acknowledged_bytes == tcp->acknowledged_bytes)
			break;
		*tcp = after;
		row->unsent_bytes = socket_unacked_bytes(fd);
	}
	return told;
}

/* Counts an attempt whose end the host has not asked for: it gave the connection up, or never
 * called getsockopt(SO_ERROR). */
static void attempt_end(int fd, struct trace_socket *row)
{
	int error = 0;

	if (!attempt_is_open(row))
		return;
	enum socket_connect state = socket_connect_state(fd, &error);

	attempt_left(row,
		     state == SOCKET_CONNECT_MADE     ? ATTEMPT_MADE
		     : state == SOCKET_CONNECT_ASKING ? ATTEMPT_ASKING
						      : ATTEMPT_FAILED,
		     error, row->closed_ns);
}

/* A side that closes TLS sends a close_notify alert, a record of 24 to 40 bytes. No request
 * with a message is that small. */
#define ALERT_MOST 64

static bool is_last_word(const struct trace_socket *row)
{
	uint32_t last_bytes = socket_private(row)->last_bytes;

	return row->unsent_bytes > 0 && (uint32_t)row->unsent_bytes == last_bytes &&
	       last_bytes <= ALERT_MOST && socket_row_is_set(row, SOCKET_TLS);
}

/* Before the close: after it the number may already be another thread's descriptor. */
static void end_sample(int fd, struct trace_socket *row)
{
	struct socket_tcp tcp;

	handover_settle(row);
	bool told = tcp_sample(fd, &tcp, row);

	socket_row_more(row)->unseen_bytes =
		told ? io_uring_unseen_bytes(row, &tcp, row->unsent_bytes) : -1;
	if (socket_row_more(row)->unseen_bytes > 0)
		io_uring_look();
	if (told && row->unsent_bytes > 0 &&
	    socket_tcp_window_left(&tcp, row->unsent_bytes) >= 0)
		socket_row_set(row, SOCKET_UNDER_WAY);
	else
		socket_row_clear(row, SOCKET_UNDER_WAY);
	/* SIOCOUTQ counts the SYN of a connection that was refused, which was not acknowledged.
	 */
	if (row->state == SOCKET_CONNECTING && !row->writes && row->unsent_bytes > 0)
		row->unsent_bytes = 0;
	if (is_last_word(row))
		__atomic_fetch_or(&socket_row_more(row)->flags, SOCKET_ALERT_LEFT,
				  __ATOMIC_RELAXED);
	row->unread_bytes = socket_unread_bytes(fd);
	row->closed_ns = guest_now_ns();
	attempt_end(fd, row);
	if (told)
		setting_effects_ended(row, &tcp, row->closed_ns);
}

static void socket_end(int fd, struct trace_socket *row, enum trace_socket_end end)
{
	end_sample(fd, row);
	stall_close(fd, row, row->closed_ns);
	frames_ended(row, end);
	row->end = socket_row_is_set(row, SOCKET_RESET) ? END_RESET : end;
	writer_event_at(row->closed_ns, EVENT_CLOSE, socket_row_index(row), row->unsent_bytes,
			row->unread_bytes);
	__atomic_store_n(&row->state, SOCKET_CLOSED, __ATOMIC_RELEASE);
}

/* A connection may be established although the host has not asked yet (it is late, or was
 * stopped): its row would say that the peer did not answer. So asks the kernel. An attempt that
 * failed is not touched: reading SO_ERROR would take the error from the host, which may run on.
 */
static void connecting_settle(struct trace_socket *row)
{
	if (row->state != SOCKET_CONNECTING || !attempt_is_open(row) || !fdtable_reaches(row) ||
	    socket_kind(row->fd) != SOCKET_KIND_CONNECTED)
		return;
	row->state = SOCKET_OPEN;
	row->connected_ns = guest_now_ns();
	socket_addresses(row->fd, row);
	attempt_over(row, 0, row->connected_ns);
}

void socket_end_all(void)
{
	io_uring_follow();
	for (uint32_t i = 0; i < GUEST_SOCKETS; i++) {
		struct trace_socket *row = &trace->sockets[i];

		connecting_settle(row);
		if (__atomic_load_n(&row->state, __ATOMIC_ACQUIRE) != SOCKET_OPEN ||
		    !fdtable_reaches(row))
			continue;
		end_sample(row->fd, row);
		stall_account(row->fd, row, row->closed_ns);
		frames_ended(row, END_PROCESS);
		row->end = socket_row_is_set(row, SOCKET_RESET) ? END_RESET : END_PROCESS;
	}
}

void socket_close(int fd, enum trace_socket_end end)
{
	uint32_t word = fdtable_word(fd);

	if (word == FD_UNKNOWN || (word >= FD_FIRST_ROW && guest_is_borrowed()))
		return;
	fdtable_set(fd, FD_UNKNOWN);
	if (word < FD_FIRST_ROW)
		return;
	struct trace_socket *row = &trace->sockets[word - FD_FIRST_ROW];

	struct guest_socket *private = socket_private(row);

	if (__atomic_sub_fetch(&private->references, 1, __ATOMIC_RELAXED) > 0)
		return;
	__atomic_store_n(&private->calm_until_ns, 0, __ATOMIC_RELAXED);
	fork_board_forget(private->index);
	socket_end(fd, row, end);
}

void socket_close_range(unsigned first, unsigned last)
{
	if (last >= GUEST_DESCRIPTORS)
		last = GUEST_DESCRIPTORS - 1;
	/* Reading pages that were never written maps the zero page: 30 us for
	 * the whole table, in a call that hosts make once. */
	for (unsigned fd = first; fd <= last; fd++)
		if (fdtable_word((int)fd) != FD_UNKNOWN)
			socket_close((int)fd, END_CLOSE);
}
