/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.h - which protocol a connection speaks, and the arguments of a step of the decoder.
 *
 *     UNDECIDED ─▶ KAFKA ─▶ LOST        Content decides, never the port: the
 *       │  └─▶ TLS                      first frame must make sense up to its
 *       └─▶ FOREIGN                     client id (a Produce: up to its topics).
 *
 * Two threads may change the state at once, one in each direction. Private to this room.
 */
#ifndef UNFLUSHED_WIRE_STATE_H
#define UNFLUSHED_WIRE_STATE_H

#include <stdbool.h>

#include "wire/wire.h"

/* What a step needs besides its cursor. */
struct wire_step {
	struct wire *wire;
	struct trace_socket *row;
	int64_t now_ns;
};

/* Is called when a field is whole; false: no Kafka frame has such bytes there. */
typedef bool wire_step_function(struct wire_step *step, struct wire_cursor *cursor);

/* One thread writes each counter; others read them at any time. */
#define WIRE_STORE(place, value) __atomic_store_n(&(place), (value), __ATOMIC_RELAXED)
#define WIRE_ADD(place, value) WIRE_STORE(place, (place) + (value))

enum wire_state wire_state_now(const struct wire *wire);

/* Changes the state from `from` to `to`. False, and nothing changes: the state is another. */
bool wire_state_becomes(struct wire *wire, enum wire_state from, enum wire_state to);

/* The bytes are not valid frames, or their order is not known: stops decoding this connection
 * and sets SOCKET_WIRE_LOST. */
void wire_lose(struct wire *wire, struct trace_socket *row);

/* The bytes are not Kafka frames: sets the state to `what`, unless the connection was
 * recognised as Kafka, or given up, meanwhile. */
void wire_leave_alone(struct wire *wire, enum wire_state what);

/* The peer has answered a request for this API with an error; 0 is none. */
void wire_error_answered(struct wire_step *step, int16_t api, int16_t error);

/* Sets, or clears, bits of the row's flags: both directions, and others, do. */
void wire_flag(struct trace_socket *row, uint32_t bits);
void wire_unflag(struct trace_socket *row, uint32_t bits);

/* The connection has begun a TLS handshake: from now on only bytes and stalls can be counted.
 */
void wire_is_tls(struct wire_step *step);

/* Whether the connection is neither recognised as something nor given up. */
bool wire_undecided(const struct wire *wire);

/* Whether what is read now may turn out not to be a Kafka request. */
bool wire_on_trial(const struct wire *wire);

/* The bytes on trial are a Kafka request. False: the peer has sent bytes first, which were not
 * decoded, so the connection is given up. */
bool wire_recognised(struct wire_step *step);

#endif
