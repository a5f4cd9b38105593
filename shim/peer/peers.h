/* SPDX-License-Identifier: Apache-2.0 */
/*
 * peers.h - the rows of SECTION_PEER: one for each address and producer.
 *
 * Only while a trace is recorded. What finds no row is counted as dropped. A peer is a row
 * plus 1; 0 stands for none, of which nothing is counted.
 */
#ifndef UNFLUSHED_PEER_PEERS_H
#define UNFLUSHED_PEER_PEERS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "format/format.h"

/* The peer at an address that the host has passed to connect(), for the producer that the
 * calling thread writes for; its row is taken at need. */
uint32_t peer_at(const struct sockaddr *to);

/* The peer of which only a name is known. `port`: 0 unknown. */
uint32_t peer_named(const char *name, size_t bytes, uint16_t port);

/* An attempt to reach the peer begins, */
void peer_begun(uint32_t peer, int64_t now_ns);

/* and ends: `error` is an errno, for a name EAI_...; 0 for PEER_CONNECTED. */
void peer_ended(uint32_t peer, enum trace_peer_end end, int error, int64_t now_ns);

/* The end that a failed connect() or SO_ERROR stands for. */
enum trace_peer_end peer_end_of(int error);

/* A connection that TCP had made was let in by the broker; or was not, and ended as `end` says,
 * with the description of a TLS `alert` (0: none is known). */
void peer_let_in(uint32_t peer);
void peer_turned_away(uint32_t peer, enum trace_peer_end end, uint8_t alert, int64_t now_ns);

/* The peer has answered one request for `api` with the broker's error `code`. */
void peer_answered(uint32_t peer, int16_t api, int16_t code);

void peer_flag(uint32_t peer, uint32_t bits);

#endif
