/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stall.c - see stall.h.
 *
 * Two threads may write to one socket at once: whoever sets the STALLED flag
 * begins the stall, whoever clears it ends it.
 */
#include "stall.h"

#include "fdtable.h"
#include "socket_facts.h"
#include "writer.h"

static void stall_account(struct trace_socket *row, int64_t began_ns, int64_t ended_ns)
{
	uint64_t took_ns = ended_ns > began_ns ? (uint64_t)(ended_ns - began_ns) : 0;

	writer_add_shared(&row->stalled_ns, took_ns);
	writer_max(&row->stall_longest_ns, took_ns);
	writer_event_at(ended_ns, EVENT_STALL_END, fdtable_row_index(row), (int64_t)took_ns, 0);
}

void stall_begin(int fd, struct trace_socket *row, int64_t now_ns)
{
	if (__atomic_fetch_or(&row->flags, SOCKET_STALLED, __ATOMIC_ACQ_REL) & SOCKET_STALLED)
		return;
	__atomic_store_n(&row->stall_began_ns, now_ns, __ATOMIC_RELAXED);
	writer_add_shared(&row->stalls, 1);
	int fill = socket_fill_sample(fd, row);

	writer_event_at(now_ns, EVENT_STALL_BEGIN, fdtable_row_index(row), fill,
			socket_unsent_bytes(fd));
}

void stall_end(struct trace_socket *row, int64_t now_ns)
{
	if (!(__atomic_load_n(&row->flags, __ATOMIC_RELAXED) & SOCKET_STALLED))
		return;
	int64_t began_ns = __atomic_exchange_n(&row->stall_began_ns, 0, __ATOMIC_RELAXED);

	if (!(__atomic_fetch_and(&row->flags, ~(uint32_t)SOCKET_STALLED, __ATOMIC_ACQ_REL) &
	      SOCKET_STALLED) ||
	    !began_ns)
		return;
	stall_account(row, began_ns, now_ns);
}

void stall_whole(int fd, struct trace_socket *row, int64_t began_ns, int64_t ended_ns)
{
	writer_add_shared(&row->stalls, 1);
	int fill = socket_fill_sample(fd, row);

	writer_event_at(began_ns, EVENT_STALL_BEGIN, fdtable_row_index(row), fill, TRACE_UNKNOWN);
	stall_account(row, began_ns, ended_ns);
}
