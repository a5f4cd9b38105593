/* SPDX-License-Identifier: Apache-2.0 */
/*
 * owners.c - see owners.h.
 */
#include "trace/owners.h"

#include "guest/part.h"
#include "trace/large.h"

GUEST_THREAD(struct owners_thread, owners_thread);

/* The row (plus 1) at which a descriptor was found last. Only a hint: another connection may
 * have the row by now, or, in a forked child, none. */
#define REMEMBERED 1024
static uint16_t found_at[REMEMBERED];

static bool is_open_as(const struct trace_socket *row, int fd)
{
	uint32_t state = __atomic_load_n(&row->state, __ATOMIC_ACQUIRE);

	return row->fd == fd && (state == SOCKET_OPEN || state == SOCKET_CONNECTING);
}

static struct trace_socket *find(int fd)
{
	uint32_t last = (unsigned)fd < REMEMBERED ? found_at[fd] : 0;

	if (last && is_open_as(&trace->sockets[last - 1], fd))
		return &trace->sockets[last - 1];
	for (uint32_t i = 0; i < GUEST_SOCKETS; i++) {
		if (!is_open_as(&trace->sockets[i], fd))
			continue;
		if ((unsigned)fd < REMEMBERED)
			found_at[fd] = (uint16_t)(i + 1);
		return &trace->sockets[i];
	}
	return NULL;
}

uint64_t owners_descriptor_is(int fd, uint32_t producer)
{
	struct trace_socket *row = fd >= 0 ? find(fd) : NULL;

	if (!row)
		return 0;
	if (!row->producer)
		row->producer = producer;
	uint32_t index = socket_row_index(row);

	if (trace->requests_handed[index].opened_ns != row->opened_ns) {
		trace->requests_handed[index].opened_ns = row->opened_ns;
		trace->requests_handed[index].count = 0;
	}
	return large_request(index, ++trace->requests_handed[index].count);
}
