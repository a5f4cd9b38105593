/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handover.c - connections of which more than one process has a descriptor.
 *
 * close() does not end a connection of which another process has a descriptor:
 * that process may finish a request that this one left unfinished, and unread
 * input causes no reset yet. The other process's trace shows what it does with
 * the connection; this one's row only says that its end is unknown
 * (SOCKET_SHARED).
 *
 * That stays so after the other process has ended: processes that it started
 * (a shell's `program &`, a daemon) still have its descriptors, and no system
 * call tells which processes do. A share is undone only if the fork or exec
 * failed, or the child reported that it gave the connection up (fork_board.c).
 */
#include "socket/handover.h"

#include <fcntl.h>
#include <string.h>

#include "guest/guest.h"
#include "guest/raw.h"
#include "socket/fdtable.h"
#include "socket/state.h"
#include "trace/map.h"
#include "trace/socket_row.h"

static bool is_open(const struct trace_socket *row)
{
	uint32_t state = __atomic_load_n(&row->state, __ATOMIC_ACQUIRE);

	return state == SOCKET_OPEN || state == SOCKET_CONNECTING;
}

/* The counter goes up before the flag is set: a thread that undoes another handover sees that.
 */
static void share(struct trace_socket *row)
{
	__atomic_fetch_add(&socket_private(row)->shares, 1, __ATOMIC_SEQ_CST);
	__atomic_fetch_or(&row->flags, SOCKET_SHARED, __ATOMIC_SEQ_CST);
}

/* Of a connection with several descriptors each may be the one that the other process gets; one
 * whose descriptors are not known any more may have been passed on unseen. */
static bool is_reached(uint32_t index, handover_reach *reaches, const void *context)
{
	const struct guest_socket *private = &socket_state->sockets[index];
	int fd = trace->sockets[index].fd;
	bool known = fdtable_word(fd) == FD_FIRST_ROW + index;

	if (LIKELY(known && __atomic_load_n(&private->references, __ATOMIC_RELAXED) <= 1))
		return reaches(fd, context);
	known = false;
	for (fd = 0; fd < GUEST_DESCRIPTORS; fd++) {
		if (fdtable_word(fd) != FD_FIRST_ROW + index)
			continue;
		known = true;
		if (reaches(fd, context))
			return true;
	}
	return !known;
}

void handover_begin(struct handover *handover, handover_reach *reaches, const void *context)
{
	*handover = (struct handover){.began_ns = guest_now_ns()};
	for (uint32_t i = 0; i < GUEST_SOCKETS; i++) {
		struct trace_socket *row = &trace->sockets[i];

		/* Rows are taken in order and never freed: all rows behind this one are free,
		 * too. */
		if (__atomic_load_n(&row->state, __ATOMIC_RELAXED) == SOCKET_FREE)
			break;
		if (!is_open(row) || !is_reached(i, reaches, context))
			continue;
		share(row);
		socket_rows_add(&handover->rows, i);
	}
}

static void unshare(struct trace_socket *row)
{
	uint32_t *shares = &socket_private(row)->shares;
	uint32_t before = __atomic_load_n(shares, __ATOMIC_SEQ_CST);

	/* 0: the row is being given to another connection. */
	do {
		if (before == 0)
			return;
	} while (!__atomic_compare_exchange_n(shares, &before, before - 1, false,
					      __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
	if (before > 1)
		return;
	__atomic_fetch_and(&row->flags, ~(uint32_t)SOCKET_SHARED, __ATOMIC_SEQ_CST);
	/* Another thread's handover may have begun in between. */
	if (__atomic_load_n(shares, __ATOMIC_SEQ_CST) != 0)
		__atomic_fetch_or(&row->flags, SOCKET_SHARED, __ATOMIC_SEQ_CST);
}

void handover_undo(const struct handover *handover)
{
	for (uint32_t i = 0; i < GUEST_SOCKETS; i++) {
		struct trace_socket *row = &trace->sockets[i];

		/* A connection that was opened after the handover is another one in the same
		 * row. */
		if (socket_rows_has(&handover->rows, i) && row->opened_ns <= handover->began_ns)
			unshare(row);
	}
}

void handover_settle(struct trace_socket *row)
{
	const uint32_t *count = &socket_private(row)->shares;
	uint32_t shares = __atomic_load_n(count, __ATOMIC_SEQ_CST);

	if (LIKELY(!socket_row_is_set(row, SOCKET_SHARED)) ||
	    !fork_board_all_gave_up(socket_row_index(row), shares))
		return;
	__atomic_fetch_and(&row->flags, ~(uint32_t)SOCKET_SHARED, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(count, __ATOMIC_SEQ_CST) != shares)
		__atomic_fetch_or(&row->flags, SOCKET_SHARED, __ATOMIC_SEQ_CST);
}

bool handover_reaches_all(int fd, const void *context)
{
	(void)fd;
	(void)context;
	return true;
}

bool handover_reaches_exec(int fd, const void *context)
{
	long flags = RAW_3(SYS_fcntl, fd, F_GETFD, 0);

	(void)context;
	/* A descriptor that was closed unseen may have been passed to another process. If a
	 * child of vfork has closed it, only the parent has it: copies that the child makes are
	 * shared then. */
	return flags < 0 ? !guest_is_borrowed() : !(flags & FD_CLOEXEC);
}

void handover_one(int fd)
{
	struct trace_socket *row = fdtable_row(fd);

	if (row)
		share(row);
}

void handover_passed(const struct msghdr *message)
{
	if (LIKELY(!message->msg_controllen || !message->msg_control))
		return;
	fork_board_spoil();
	if (guest_phase() != GUEST_RECORDING)
		return;
	const struct cmsghdr *part = CMSG_FIRSTHDR(message);

	for (; part; part = CMSG_NXTHDR((struct msghdr *)(uintptr_t)message,
					(struct cmsghdr *)(uintptr_t)part)) {
		if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
			continue;
		const unsigned char *at = CMSG_DATA(part);

		for (size_t left = part->cmsg_len - CMSG_LEN(0); left >= sizeof(int);
		     left -= sizeof(int), at += sizeof(int)) {
			int fd;

			memcpy(&fd, at, sizeof fd);
			handover_one(fd);
		}
	}
}
