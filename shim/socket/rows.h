/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rows.h - a set of connections, by the numbers of their rows.
 */
#ifndef UNFLUSHED_SOCKET_ROWS_H
#define UNFLUSHED_SOCKET_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/guest.h"

struct socket_rows {
	uint64_t bits[GUEST_SOCKETS / 64];
};

static inline void socket_rows_add(struct socket_rows *rows, uint32_t index)
{
	rows->bits[index / 64] |= 1ull << index % 64;
}

static inline void socket_rows_remove(struct socket_rows *rows, uint32_t index)
{
	rows->bits[index / 64] &= ~(1ull << index % 64);
}

static inline bool socket_rows_has(const struct socket_rows *rows, uint32_t index)
{
	return rows->bits[index / 64] >> index % 64 & 1;
}

#endif
