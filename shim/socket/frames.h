/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frames.h - passes the bytes of a followed socket to the frame decoder (wire/wire.h).
 */
#ifndef UNFLUSHED_SOCKET_FRAMES_H
#define UNFLUSHED_SOCKET_FRAMES_H

#include <stddef.h>
#include <stdint.h>

#include "format/format.h"

/* Bytes that the kernel took; `bytes` is NULL when they cannot be read. */
void frames_sent(struct trace_socket *row, const void *bytes, size_t count, int64_t now_ns);

/* Bytes that the host was given; `bytes` is NULL when they cannot be read. */
void frames_received(struct trace_socket *row, const void *bytes, size_t count, int64_t now_ns);

/* The client uses the connection beyond ApiVersions and authentication: counts it, once, as let
 * in by its peer. */
void frames_let_in(struct trace_socket *row);

/* The client has sent a part of its authentication. */
void frames_authenticates(struct trace_socket *row);

/* The connection ends: if it was never let in, counts for its peer how it was turned away, as
 * far as its bytes show. */
void frames_ended(struct trace_socket *row, enum trace_socket_end how);

#endif
