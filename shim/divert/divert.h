/* SPDX-License-Identifier: Apache-2.0 */
/*
 * divert.h - leads a connection that is about to speak Kafka to the relay of `run --prove`.
 *
 * The host itself connects to a broker, and sees whether that succeeds. Just before the first
 * byte goes out, and only if the first bytes begin a request of Kafka, the guest disconnects
 *the socket and connects it to the relay, which connects to that broker:
 *
 *	host ──connect──▶ broker            as without us: refused, timed out, ...
 *	host ──connect──▶ relay ──▶ broker  from the first request on
 *
 * Descriptor, epoll registrations and options of the socket stay. Connections that
 * do not speak Kafka, or speak TLS, are never touched; none is when the relay cannot be reached
 * from this process (another network namespace). Off unless UNFLUSHED_PROVE is set, and marked
 *in the socket's row.
 */
#ifndef UNFLUSHED_DIVERT_DIVERT_H
#define UNFLUSHED_DIVERT_DIVERT_H

#include <stdbool.h>

#include "socket/buffers.h"
#include "socket/fdtable.h"

/* A write of `buffers` is about to be made, the first on this connection (SOCKET_DIVERTS). */
void divert_look(int fd, struct trace_socket *row, struct buffers buffers);

#endif
