/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fdshare.c - connections that more than one process has.
 *
 * Closing a number does not end a connection that another process goes on
 * with: what this one left half-written the other may finish, and unread
 * input is no reset yet. What the other does with it is in its own trace; of
 * the end, this one's rows say only that they do not know (SOCKET_SHARED).
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "fdtable.h"
#include "guest.h"
#include "socket_facts.h"

uint64_t fdtable_early[FDTABLE_EARLY / 64];

static bool is_open(const struct trace_socket *row)
{
	uint32_t state = __atomic_load_n(&row->state, __ATOMIC_ACQUIRE);

	return state == SOCKET_OPEN || state == SOCKET_CONNECTING;
}

void fdtable_share_all(void)
{
	for (uint32_t i = 0; i < GUEST_SOCKETS; i++)
		if (is_open(&guest->map.sockets[i]))
			fdtable_flag_set(&guest->map.sockets[i], SOCKET_SHARED);
}

/* A number of it that was duplicated may be kept when this one is not. */
static bool is_kept(const struct trace_socket *row, uint32_t index)
{
	if (fdtable_word(row->fd) != FD_FIRST_ROW + index || row->dups > 1)
		return true;
	long flags = RAW_3(SYS_fcntl, row->fd, F_GETFD, 0);

	return flags < 0 || !(flags & FD_CLOEXEC);
}

void fdtable_share_kept(void)
{
	for (uint32_t i = 0; i < GUEST_SOCKETS; i++) {
		struct trace_socket *row = &guest->map.sockets[i];

		if (is_open(row) && is_kept(row, i))
			fdtable_flag_set(row, SOCKET_SHARED);
	}
}

static void share(int fd)
{
	struct trace_socket *row = fdtable_row(fd);

	if (row)
		fdtable_flag_set(row, SOCKET_SHARED);
}

void fdtable_share_passed(const struct msghdr *message)
{
	if (LIKELY(!message->msg_controllen || !message->msg_control) ||
	    guest_phase() != GUEST_RECORDING)
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
			share(fd);
		}
	}
}

bool fdtable_skips_early(int fd)
{
	int error = errno;
	bool followed = false;

	if (fd < 0)
		return true;
	__atomic_fetch_or(&fdtable_early[fd / 64], 1ull << fd % 64, __ATOMIC_RELAXED);
	/* Not of a process that nobody asked to record; nor in a child of vfork. */
	if (guest_phase() == GUEST_AWAKE && !guest_is_borrowed() &&
	    socket_kind(fd) == SOCKET_KIND_CONNECTED)
		followed = guest_record();
	errno = error;
	return !followed;
}
