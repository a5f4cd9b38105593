/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attempts.h - how the connect() of a followed connection ended, or that it has not yet.
 *
 * A connect() on a non-blocking socket returns before its outcome is known. The host learns it
 * by asking SO_ERROR, by calling connect() again, or by its first write or read: the first of
 * these counts the outcome, once. Only while a trace is recorded.
 */
#ifndef UNFLUSHED_PEER_ATTEMPTS_H
#define UNFLUSHED_PEER_ATTEMPTS_H

#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>

#include "format/format.h"

/* The row is used for a connection whose connect() was not seen: it has no attempt, no peer. */
void attempt_none(const struct trace_socket *row);

/* connect() was called for this connection, with `peer` (peers.h); its outcome is not known. */
void attempt_begins(const struct trace_socket *row, uint32_t peer);

/* The outcome is known: `error` is 0 (connected) or an errno. Only the first call counts. */
void attempt_over(struct trace_socket *row, int error, int64_t now_ns);

/* The connection ends before the host has asked for the outcome: connected; failed with `error`
 * (errno; 0: cannot be known any more); or TCP still waits for an answer to its SYN. */
enum attempt_state { ATTEMPT_MADE, ATTEMPT_FAILED, ATTEMPT_ASKING };
void attempt_left(struct trace_socket *row, enum attempt_state state, int error,
		  int64_t now_ns);

/* Whether the attempt has no outcome yet. */
bool attempt_is_open(const struct trace_socket *row);

/* The peer of the connection (peers.h); 0 none is known. */
uint32_t attempt_peer(const struct trace_socket *row);

/* getaddrinfo() was asked for `node` and returned `result`; `found` is read if that is 0.
 * Nothing of a name is kept while nothing is recorded, nor of one that is an address. */
void attempt_name(const char *node, const char *service, const struct addrinfo *hints,
		  int result, const struct addrinfo *found);

#endif
