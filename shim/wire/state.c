/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.c - see state.h.
 */
#include "wire/state.h"

enum wire_state wire_state_now(const struct wire *wire)
{
	return (enum wire_state)__atomic_load_n(&wire->state, __ATOMIC_ACQUIRE);
}

bool wire_state_becomes(struct wire *wire, enum wire_state from, enum wire_state to)
{
	uint8_t expected = (uint8_t)from;
	return __atomic_compare_exchange_n(&wire->state, &expected, (uint8_t)to, false,
					   __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

void wire_flag(struct trace_socket *row, uint32_t bits)
{
	__atomic_fetch_or(&row->flags, bits, __ATOMIC_SEQ_CST);
}

void wire_unflag(struct trace_socket *row, uint32_t bits)
{
	__atomic_fetch_and(&row->flags, ~bits, __ATOMIC_SEQ_CST);
}

void wire_error_answered(struct wire_step *step, int16_t api, int16_t error)
{
	struct wire_fact fact = {.kind = WIRE_ERROR_ANSWERED, .error = error, .api = api};

	if (error != 0 && step->wire->seen)
		step->wire->seen(step->wire->context, &fact);
}

void wire_lose(struct wire *wire, struct trace_socket *row)
{
	enum wire_state state = wire_state_now(wire);
	while (state <= WIRE_KAFKA) {
		if (wire_state_becomes(wire, state, WIRE_LOST)) {
			wire_flag(row, SOCKET_WIRE_LOST);
			return;
		}
		state = wire_state_now(wire);
	}
}

void wire_leave_alone(struct wire *wire, enum wire_state what)
{
	if (!wire_state_becomes(wire, WIRE_UNDECIDED, what))
		wire_state_becomes(wire, WIRE_EARLY, what);
}

void wire_is_tls(struct wire_step *step)
{
	/* The window, which is in the same union, is still empty. */
	wire_tls_begins(&step->wire->tls);
	wire_leave_alone(step->wire, WIRE_TLS);
	if (wire_state_now(step->wire) == WIRE_TLS) {
		wire_flag(step->row, SOCKET_TLS);
	}
}

bool wire_on_trial(const struct wire *wire)
{
	return wire->tokens || wire_undecided(wire);
}

bool wire_undecided(const struct wire *wire)
{
	return wire_state_now(wire) <= WIRE_EARLY;
}

bool wire_recognised(struct wire_step *step)
{
	struct wire *wire = step->wire;
	wire->tokens = 0;
	enum wire_state state = wire_state_now(wire);
	if (state == WIRE_KAFKA)
		return true;
	WIRE_STORE(step->row->produce_acks, TRACE_UNKNOWN);
	wire_flag(step->row, SOCKET_KAFKA);
	struct wire_fact fact = {
		.kind = WIRE_RECOGNISED,
		.records = TRACE_UNKNOWN,
		.client_id = wire->client_id_known ? wire->client_id : NULL,
		.client_id_bytes = wire->client_id_bytes,
		.client_id_whole = wire->client_id_whole,
		.client_id_hash = wire->client_id_hash,
	};
	if (wire->seen)
		wire->seen(wire->context, &fact);
	/* If the peer has sent first, its bytes were not decoded. */
	if (wire_state_becomes(wire, WIRE_UNDECIDED, WIRE_KAFKA))
		return true;
	wire_lose(wire, step->row);
	return false;
}
