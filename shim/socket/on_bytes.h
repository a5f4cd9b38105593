/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_bytes.h - the short way through a write of which nothing need be said.
 */
#ifndef UNFLUSHED_ON_BYTES_H
#define UNFLUSHED_ON_BYTES_H

#include <stdbool.h>

#include "calls/calls.h"
#include "socket/buffers.h"

/* Counts a write that took all of the `offered` bytes, if nothing else is due for its
 * connection; false: the handler has it all to do. */
bool bytes_settle(const struct call *call, size_t offered);

/* What a call offered, however it names it. */
static inline size_t whole_bytes(const void *bytes, size_t count)
{
	(void)bytes;
	return count;
}

static inline size_t whole_parts(const struct iovec *parts, size_t count)
{
	return parts_bytes(parts, count);
}

#endif
