/* SPDX-License-Identifier: Apache-2.0 */
/*
 * divert.h - leads a connection that is about to speak Kafka to the relay of `run --prove`.
 *
 * The host has connected to a broker, by itself and with the outcome that this has. Just
 * before its first byte goes out, and only if that begins a request of Kafka's, the same
 * socket is disconnected and connected to the relay instead, which connects to that broker:
 *
 *	host ──connect──▶ broker            as without us: refused, timed out, ...
 *	host ──connect──▶ relay ──▶ broker  from the first request on
 *
 * Descriptor, epoll registrations and options of the socket stay. What speaks no Kafka (or
 * TLS) is never touched, and when the relay cannot be reached from here (another network
 * namespace) nothing is. Off unless UNFLUSHED_PROVE is set, and marked in the socket's row.
 */
#ifndef UNFLUSHED_DIVERT_DIVERT_H
#define UNFLUSHED_DIVERT_DIVERT_H

#include <stdbool.h>

#include "socket/buffers.h"
#include "socket/fdtable.h"

/* A write of `buffers` is about to be made, the first on this connection (SOCKET_DIVERTS). */
void divert_look(int fd, struct trace_socket *row, struct buffers buffers);

#endif
