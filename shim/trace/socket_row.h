/* SPDX-License-Identifier: Apache-2.0 */
/*
 * socket_row.h - a connection's row of SECTION_SOCKET: its flags, and what belongs to it.
 */
#ifndef UNFLUSHED_TRACE_SOCKET_ROW_H
#define UNFLUSHED_TRACE_SOCKET_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/map.h"

/* Atomic, because several threads may use one socket: a plain `|=` could undo the bit that
 * another thread has set. */
static inline void socket_row_set(struct trace_socket *row, uint32_t bits)
{
	__atomic_fetch_or(&row->flags, bits, __ATOMIC_RELAXED);
}

static inline void socket_row_clear(struct trace_socket *row, uint32_t bits)
{
	__atomic_fetch_and(&row->flags, ~bits, __ATOMIC_RELAXED);
}

static inline bool socket_row_is_set(const struct trace_socket *row, uint32_t bits)
{
	return __atomic_load_n(&row->flags, __ATOMIC_RELAXED) & bits;
}

static inline uint32_t socket_row_index(const struct trace_socket *row)
{
	return (uint32_t)(row - trace->sockets);
}

/* The row's other half: counters of threads that are not the first to write or to read. */
static inline struct trace_socket_more *socket_row_more(const struct trace_socket *row)
{
	return &trace->sockets_more[row - trace->sockets];
}

static inline struct trace_socket_told *socket_row_told(const struct trace_socket *row)
{
	return &trace->sockets_told[row - trace->sockets];
}

#endif
