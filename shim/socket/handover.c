/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handover.c - connections that more than one process has.
 *
 * Closing a number does not end a connection that another process goes on
 * with: what this one left half-written the other may finish, and unread
 * input is no reset yet. What the other does with it is in its own trace; of
 * the end, this one's rows say only that they do not know (SOCKET_SHARED).
 *
 * That stays so when the other has ended and been waited for: what it started
 * itself (a shell's `program &`, a daemon) has its descriptors still, and no
 * system call tells who has. Taken back is a handover that never was, and one
 * that the other has said is over (fork_board.c).
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

/* Counted before it is said: who undoes another handover sees this one. */
static void share(struct trace_socket *row)
{
	__atomic_fetch_add(&socket_private(row)->shares, 1, __ATOMIC_SEQ_CST);
	__atomic_fetch_or(&row->flags, SOCKET_SHARED, __ATOMIC_SEQ_CST);
}

/* Of a connection with several numbers each may be the one that goes over; one whose
 * numbers we do not know any more may have gone past us. */
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

		/* They are taken in order and never given back: no more behind this one. */
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

	/* 0: the row is being handed over to another connection. */
	do {
		if (before == 0)
			return;
	} while (!__atomic_compare_exchange_n(shares, &before, before - 1, false,
					      __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
	if (before > 1)
		return;
	__atomic_fetch_and(&row->flags, ~(uint32_t)SOCKET_SHARED, __ATOMIC_SEQ_CST);
	/* Another thread's may have begun in between. */
	if (__atomic_load_n(shares, __ATOMIC_SEQ_CST) != 0)
		__atomic_fetch_or(&row->flags, SOCKET_SHARED, __ATOMIC_SEQ_CST);
}

void handover_undo(const struct handover *handover)
{
	for (uint32_t i = 0; i < GUEST_SOCKETS; i++) {
		struct trace_socket *row = &trace->sockets[i];

		/* Younger than the handover: another connection in the same row. */
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
	/* What is closed past us may be anywhere; what a child of vfork has closed, whose
	 * copies are shared when it makes them, is its parent's alone. */
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
