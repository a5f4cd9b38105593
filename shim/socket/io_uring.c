/* SPDX-License-Identifier: Apache-2.0 */
/*
 * io_uring.c - see io_uring.h. Raw system calls, no memory but the stack's.
 */
#define _GNU_SOURCE 1 /* memmem */
#include "socket/io_uring.h"

#include <fcntl.h>
#include <string.h>

#include "format/divert.h"
#include "guest/raw.h"
#include "socket/fdtable.h"
#include "socket/kernel.h"
#include "trace/map.h"
#include "trace/socket_row.h"

#define RING "anon_inode:[io_uring]"
#define RING_BYTES (sizeof RING - 1)
#define DESCRIPTORS_LOOKED_AT 4096

/* The file is read in pieces that overlap by the length of the name. */
static bool ring_is_in(long fd)
{
	char text[1024 + RING_BYTES];
	size_t kept = 0;
	long count;

	while ((count = RAW_3(SYS_read, fd, text + kept, sizeof text - kept)) > 0) {
		size_t bytes = kept + (size_t)count;

		if (memmem(text, bytes, RING, RING_BYTES))
			return true;
		kept = bytes < RING_BYTES - 1 ? bytes : RING_BYTES - 1;
		memmove(text, text + bytes - kept, kept);
	}
	return false;
}

void io_uring_look(void)
{
	uint32_t *notes = &trace->process->notes;

	if (__atomic_load_n(notes, __ATOMIC_RELAXED) & NOTE_IO_URING)
		return;
	long fd = RAW_3(SYS_openat, AT_FDCWD, "/proc/self/maps", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (ring_is_in(fd))
		__atomic_fetch_or(notes, NOTE_IO_URING, __ATOMIC_RELAXED);
	RAW_1(SYS_close, fd);
}

/* TCP counts the SYN of a connection that was opened here, and a FIN, as a byte each. */
#define CONTROL_BYTES 2

int64_t io_uring_unseen_bytes(const struct trace_socket *row, const struct socket_tcp *tcp,
			      int32_t unacknowledged)
{
	const struct trace_socket_more *more = socket_row_more(row);
	int64_t taken = (int64_t)tcp->acknowledged_bytes + unacknowledged;
	int64_t counted =
		(int64_t)(__atomic_load_n(&row->accepted_bytes, __ATOMIC_RELAXED) +
			  __atomic_load_n(&more->others_accepted_bytes, __ATOMIC_RELAXED));

	if (socket_row_is_set(row, SOCKET_DIVERTED))
		counted += (int64_t)sizeof(struct divert_hello);

	/* Not compared: connections that carried bytes before the guest first saw them, unless
	 * a ring may have sent those; connections that another process has, too, whose bytes
	 * are in that process's trace; and ones that another thread is writing to, which are
	 * not counted yet. */
	if (unacknowledged < 0 || socket_row_is_set(row, SOCKET_SHARED) ||
	    __atomic_load_n(&row->write_began_ns, __ATOMIC_RELAXED) ||
	    (socket_row_is_set(row, SOCKET_INHERITED) && !(more->flags & SOCKET_FOUND_AT_END)))
		return -1;
	return taken > counted + CONTROL_BYTES ? taken - counted : 0;
}

void io_uring_follow(void)
{
	uint32_t notes = __atomic_load_n(&trace->process->notes, __ATOMIC_RELAXED);

	/* TCP's counts of a forked child's connections include what its parent sent. */
	if (!(notes & NOTE_IO_URING) || notes & NOTE_FORKED_CHILD)
		return;
	for (int fd = 0; fd < DESCRIPTORS_LOOKED_AT; fd++) {
		struct trace_socket *row =
			fdtable_word(fd) == FD_UNKNOWN ? fdtable_find(fd) : NULL;

		if (row)
			socket_row_more(row)->flags |= SOCKET_FOUND_AT_END;
	}
}
