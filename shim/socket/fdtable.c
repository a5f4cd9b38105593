/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fdtable.c - see fdtable.h.
 *
 * When all rows are taken, rows of closed connections are used again, but only
 * of those that closed without a problem. Their counts are added to the process
 * row first, so totals stay right.
 */
#include "socket/fdtable.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "guest/guest.h"
#include "guest/settings.h"
#include "peer/attempts.h"
#include "socket/handover.h"
#include "socket/kernel.h"
#include "socket/state.h"
#include "trace/map.h"
#include "trace/owners.h"
#include "trace/record.h"
#include "trace/socket_row.h"
#include "trace/writer.h"
#include "wire/wire.h"

GUEST_STATE(struct socket_state, socket_state);
GUEST_THREAD(struct socket_thread, socket_thread);

uint64_t fdtable_early[SOCKET_EARLY / 64];

/* A state that readers do not know: the row is being given to another connection. */
#define SOCKET_TAKING 0xffu

struct trace_socket *fdtable_row(int fd)
{
	uint32_t word = fdtable_word(fd);

	return word >= FD_FIRST_ROW ? &trace->sockets[word - FD_FIRST_ROW] : NULL;
}

struct trace_socket *fdtable_find(int fd)
{
	uint32_t word = fdtable_word(fd);

	if (LIKELY(word >= FD_FIRST_ROW))
		return &trace->sockets[word - FD_FIRST_ROW];
	/* A child of vfork has its own descriptors, but its parent's memory with this table. */
	if (word == FD_IGNORED || guest_is_borrowed())
		return NULL;
	switch (socket_kind(fd)) {
	case SOCKET_KIND_OTHER:
		fdtable_set(fd, FD_IGNORED);
		return NULL;
	case SOCKET_KIND_UNCONNECTED:
		return NULL; /* may still connect or listen: stays unknown */
	case SOCKET_KIND_CONNECTED:
		break;
	}
	struct trace_socket *row = fdtable_follow(fd, SOCKET_INHERITED);

	if (!row) {
		fdtable_set(fd, FD_IGNORED);
		return NULL;
	}
	socket_addresses(fd, row);
	row->connected_ns = row->opened_ns;
	row->state = SOCKET_OPEN;
	return row;
}

static bool has_nothing_to_tell(const struct trace_socket *row)
{
	return row->end == END_CLOSE && row->unsent_bytes <= 0 && row->unread_bytes <= 0 &&
	       !row->frame_bytes && !(row->flags & (SOCKET_RESET | SOCKET_LINGER_ZERO)) &&
	       row->produce_answered == row->produce_requests && !row->produce_refused &&
	       !row->produce_unanswerable && !owners_hidden_acks0(row);
}

static void row_fold(const struct trace_socket *row)
{
	struct trace_process *process = trace->process;
	const struct trace_socket_more *more = socket_row_more(row);

	writer_add_shared(&process->recycled_sockets, 1);
	writer_add_shared(&process->recycled_offered_bytes,
			  row->offered_bytes + more->others_offered_bytes);
	writer_add_shared(&process->recycled_accepted_bytes,
			  row->accepted_bytes + more->others_accepted_bytes);
	writer_add_shared(&process->recycled_writes, row->writes + more->others_writes);
	writer_add_shared(&process->recycled_requests, row->produce_requests);
	writer_add_shared(&process->recycled_stalls, row->stalls);
	writer_add_shared(&process->recycled_stalled_ns, row->stalled_ns);
}

static struct trace_socket *row_take(void)
{
	for (uint32_t i = 0; i < GUEST_SOCKETS; i++) {
		struct trace_socket *row = &trace->sockets[i];
		uint32_t state = SOCKET_FREE;

		if (__atomic_load_n(&row->state, __ATOMIC_RELAXED) == SOCKET_FREE &&
		    __atomic_compare_exchange_n(&row->state, &state, SOCKET_TAKING, false,
						__ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			return row;
	}
	for (uint32_t i = 0; i < GUEST_SOCKETS; i++) {
		struct trace_socket *row = &trace->sockets[i];
		uint32_t state = SOCKET_CLOSED;

		if (!has_nothing_to_tell(row) ||
		    !__atomic_compare_exchange_n(&row->state, &state, SOCKET_TAKING, false,
						 __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			continue;
		row_fold(row);
		return row;
	}
	return NULL;
}

struct trace_socket *fdtable_follow(int fd, uint32_t flags)
{
	if ((unsigned)fd >= GUEST_DESCRIPTORS) {
		__atomic_fetch_or(&trace->process->notes, NOTE_DESCRIPTORS_FULL,
				  __ATOMIC_RELAXED);
		return NULL;
	}
	struct trace_socket *row = row_take();

	if (!row) {
		/* Counted once: the descriptor is ignored from now on. */
		writer_add_shared(&writer_section(SECTION_SOCKET)->dropped, 1);
		fdtable_set(fd, FD_IGNORED);
		return NULL;
	}
	struct guest_socket *private = socket_private(row);
	uint32_t generation = row->generation + (row->opened_ns != 0);

	/* Clears all but the state word; no other thread uses the row until that is stored. */
	memset((char *)row + sizeof row->state, 0, sizeof *row - sizeof row->state);
	memset(private, 0, sizeof *private);
	wire_start(socket_wire(row));
	attempt_none(row);
	private->references = 1;
	private->row = row;
	private->index = socket_row_index(row);
	row->flags = flags;
	/* Only connections that the host has made itself. */
	if (UNLIKELY(guest_settings.prove[0]) && !flags)
		row->flags = SOCKET_DIVERTS;
	row->generation = generation;
	row->fd = fd;
	row->dups = 1;
	row->opened_ns = guest_now_ns();
	row->buffer_requested = TRACE_UNKNOWN;
	row->buffer_effective = TRACE_UNKNOWN;
	row->linger_seconds = TRACE_UNKNOWN;
	row->unsent_bytes = TRACE_UNKNOWN;
	row->unread_bytes = TRACE_UNKNOWN;
	row->produce_acks = TRACE_UNKNOWN;
	*socket_row_more(row) = (struct trace_socket_more){
		.state = 1, .queued_bytes = TRACE_UNKNOWN, .unseen_bytes = -1};
	*socket_row_told(row) = (struct trace_socket_told){.state = 1};
	socket_settings(fd, row);
	__atomic_store_n(&row->state, SOCKET_CONNECTING, __ATOMIC_RELEASE);
	fork_board_follow(private->index, fd);
	fdtable_set(fd, FD_FIRST_ROW + socket_row_index(row));
	return row;
}

void fdtable_duplicate(int fd, int to)
{
	uint32_t word = fdtable_word(fd);

	fdtable_set(to, word);
	if (word >= FD_FIRST_ROW) {
		struct trace_socket *row = &trace->sockets[word - FD_FIRST_ROW];

		__atomic_fetch_add(&socket_private(row)->references, 1, __ATOMIC_RELAXED);
		__atomic_fetch_add(&row->dups, 1, __ATOMIC_RELAXED);
	}
}

bool fdtable_reaches(struct trace_socket *row)
{
	uint32_t word = FD_FIRST_ROW + socket_row_index(row);

	if (LIKELY(fdtable_word(row->fd) == word))
		return true;
	if (__atomic_load_n(&socket_private(row)->references, __ATOMIC_RELAXED) <= 0)
		return false;
	for (int fd = 0; fd < GUEST_DESCRIPTORS; fd++) {
		if (fdtable_word(fd) == word) {
			row->fd = fd;
			return true;
		}
	}
	return false;
}

/* ---- before there is a trace ---- */

void fdtable_look_again(void)
{
	memset(fdtable_early, 0, sizeof fdtable_early);
}

bool fdtable_skips_early(int fd)
{
	int error = errno;
	bool followed = false;

	if (fd < 0)
		return true;
	__atomic_fetch_or(&fdtable_early[fd / 64], 1ull << fd % 64, __ATOMIC_RELAXED);
	/* Not in a process that is not to be recorded, nor in a child of vfork. */
	if (guest_phase() == GUEST_AWAKE && !guest_is_borrowed() &&
	    socket_kind(fd) == SOCKET_KIND_CONNECTED)
		followed = record_ready();
	errno = error;
	return !followed;
}
