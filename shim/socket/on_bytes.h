/* SPDX-License-Identifier: Apache-2.0 */
/*
 * on_bytes.h - the short way through a write of which nothing need be said.
 */
#ifndef UNFLUSHED_SOCKET_ON_BYTES_H
#define UNFLUSHED_SOCKET_ON_BYTES_H

#include <stdbool.h>

#include "calls/calls.h"
#include "socket/buffers.h"

/* Counts a write that took all of the `offered` bytes, if nothing else is due for its
 * connection; false: the handler has it all to do. */
bool bytes_settle(const struct call *call, size_t offered);

#endif
