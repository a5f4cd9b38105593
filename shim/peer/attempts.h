/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attempts.h - is a followed connection made yet, and if not, why not?
 *
 * A connect() that may not wait returns before that is known. The host learns it by asking
 * SO_ERROR, by calling connect() again, or by its first write or read; whatever it does first
 * is where it is counted, once. Only while a trace is recorded.
 */
#ifndef UNFLUSHED_PEER_ATTEMPTS_H
#define UNFLUSHED_PEER_ATTEMPTS_H

#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>

#include "format/format.h"

/* A row is used for a connection that nobody has seen being made. */
void attempt_none(const struct trace_socket *row);

/* connect() was called for this connection; what came of it is not known yet. */
void attempt_begins(const struct trace_socket *row, uint32_t peer);

/* It is known now: 0 it is made, or an errno. Its first caller is right. */
void attempt_over(struct trace_socket *row, int error, int64_t now_ns);

/* It ends, and nobody has asked: it is made, it failed with `error` (0: nobody can say any
 * more), or TCP is still asking the peer. */
enum attempt_state { ATTEMPT_MADE, ATTEMPT_FAILED, ATTEMPT_ASKING };
void attempt_left(struct trace_socket *row, enum attempt_state state, int error,
		  int64_t now_ns);

/* It was not followed to an end so far. */
bool attempt_is_open(const struct trace_socket *row);

/* Whom it is with: a peer, or 0. */
uint32_t attempt_peer(const struct trace_socket *row);

/* getaddrinfo() was asked for `node` and returned `result`; `found` is read if that is 0.
 * Nothing of a name is kept while nothing is recorded, nor of one that is an address. */
void attempt_name(const char *node, const char *service, const struct addrinfo *hints,
		  int result, const struct addrinfo *found);

#endif
