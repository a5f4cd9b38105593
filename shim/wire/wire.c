/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire.c - the two directions of a connection.
 *
 * Called inside the host's send and recv: no allocation, no lock, no errno, no
 * function of libc but mem*. A frame that cannot be Kafka's ends the decoding
 * for good.
 */
#include "wire/wire.h"

#include <string.h>

#include "wire/cursor.h"
#include "wire/request.h"
#include "wire/response.h"
#include "wire/state.h"

/* Only one thread may decode a direction: with two the order of their bytes is not known. */
static bool enter(struct wire *wire, struct trace_socket *row, uint8_t *direction)
{
	if (!__atomic_exchange_n(direction, 1, __ATOMIC_ACQUIRE))
		return true;
	wire_lose(wire, row);
	return false;
}

static void leave(uint8_t *direction)
{
	__atomic_store_n(direction, 0, __ATOMIC_RELEASE);
}

/* Stores in the row how much of the present request was written: if the connection or the
 * process ends now, that much of it was sent. */
static void show_frame(const struct wire *wire, struct trace_socket *row)
{
	bool named = wire->sent.frame && wire->api >= 0;
	WIRE_STORE(row->frame_api, named ? wire->api : TRACE_UNKNOWN);
	WIRE_STORE(row->frame_records, wire->uncounted ? TRACE_UNKNOWN : wire->records);
	WIRE_STORE(row->frame_bytes, wire->sent.frame);
	WIRE_STORE(row->frame_at, wire_frame_at(&wire->sent));
}

/* A field was not valid: true if the rest of the frame can be skipped all the same. */
static bool sent_survives(struct wire_step *step)
{
	enum wire_state state = wire_state_now(step->wire);
	if (state == WIRE_KAFKA && step->wire->tokens && wire_token(step))
		return true;
	if (state <= WIRE_EARLY)
		wire_leave_alone(step->wire, WIRE_FOREIGN);
	else
		wire_lose(step->wire, step->row);
	return false;
}

/* The first four bytes were read as a length field; `bytes` are those that follow. */
static void tls_opens(struct wire *wire, const void *bytes, size_t count)
{
	const unsigned char first[4] = {(unsigned char)(wire->sent.value >> 24),
					(unsigned char)(wire->sent.value >> 16),
					(unsigned char)(wire->sent.value >> 8),
					(unsigned char)wire->sent.value};

	wire_tls_sent(&wire->tls, first, sizeof first);
	wire_tls_sent(&wire->tls, bytes, count);
}

static void follow_sent(struct wire_step *step, const unsigned char *bytes, size_t count)
{
	struct wire *wire = step->wire;
	for (;;) {
		enum wire_taken taken = wire_take(wire, &wire->sent, &bytes, &count);
		if (taken == TAKEN_CUT)
			break;
		if (taken == TAKEN_WHOLE && wire_request_step(step))
			continue;
		if (!sent_survives(step)) {
			if (wire_state_now(wire) == WIRE_TLS)
				tls_opens(wire, bytes, count);
			return;
		}
	}
	if (wire_state_now(wire) == WIRE_KAFKA)
		show_frame(wire, step->row);
}

static void follow_received(struct wire_step *step, const unsigned char *bytes, size_t count)
{
	struct wire *wire = step->wire;
	for (;;) {
		enum wire_taken taken = wire_take(wire, &wire->received, &bytes, &count);
		if (taken == TAKEN_CUT)
			return;
		if ((taken == TAKEN_BAD || !wire_response_step(step)) &&
		    !wire_response_survives(step)) {
			wire_lose(wire, step->row);
			return;
		}
	}
}

/* The begin of a handshake record or an alert; read as an answer's length it would be 350 MB.
 */
static bool looks_like_tls(const unsigned char *bytes)
{
	return (bytes[0] == 0x15 || bytes[0] == 0x16) && bytes[1] == 3;
}

void wire_start(struct wire *wire)
{
	memset(wire, 0, sizeof(*wire));
}

static void tls_sent(struct wire *wire, struct trace_socket *row, const void *bytes,
		     size_t count)
{
	if (!enter(wire, row, &wire->sending))
		return;
	wire_tls_sent(&wire->tls, bytes, count);
	leave(&wire->sending);
}

void wire_sent(struct wire *wire, struct trace_socket *row, const void *bytes, size_t count,
	       int64_t now_ns)
{
	if (wire_state_now(wire) == WIRE_TLS && wire->tls.opening) {
		tls_sent(wire, row, bytes, count);
		return;
	}
	if (wire_state_now(wire) > WIRE_KAFKA || count == 0)
		return;
	/* On an accepted connection the host is the broker: its answers are no requests. */
	if (__atomic_load_n(&row->flags, __ATOMIC_RELAXED) & SOCKET_ACCEPTED) {
		wire_leave_alone(wire, WIRE_FOREIGN);
		return;
	}
	if (!enter(wire, row, &wire->sending))
		return;
	struct wire_step step = {.wire = wire, .row = row, .now_ns = now_ns};
	follow_sent(&step, bytes, count);
	leave(&wire->sending);
}

/* Bytes that cannot be read: possible within payload, where they are only counted. */
static void sent_unseen(struct wire_step *step, size_t count)
{
	struct wire *wire = step->wire;
	struct wire_cursor *cursor = &wire->sent;
	if (wire_state_now(wire) != WIRE_KAFKA) {
		wire_leave_alone(wire, WIRE_FOREIGN);
	} else if (cursor->kind != FIELD_SKIP || count > cursor->need) {
		wire_lose(wire, step->row);
	} else {
		cursor->need -= (uint32_t)count;
		follow_sent(step, NULL, 0);
	}
}

void wire_sent_unseen(struct wire *wire, struct trace_socket *row, size_t count, int64_t now_ns)
{
	if (wire_state_now(wire) > WIRE_KAFKA || count == 0 ||
	    !enter(wire, row, &wire->sending))
		return;
	struct wire_step step = {.wire = wire, .row = row, .now_ns = now_ns};
	sent_unseen(&step, count);
	leave(&wire->sending);
}

void wire_received(struct wire *wire, struct trace_socket *row, const void *bytes, size_t count,
		   int64_t now_ns)
{
	enum wire_state state = wire_state_now(wire);
	if (state == WIRE_TLS && wire->tls.opening && count) {
		if (enter(wire, row, &wire->receiving)) {
			wire_tls_received(&wire->tls, bytes, count);
			leave(&wire->receiving);
		}
		return;
	}
	if (state > WIRE_KAFKA || count == 0)
		return;
	if (row->responses == 0 && wire->received.frame == 0 && count >= 2)
		wire->answers_tls = looks_like_tls(bytes);
	/* A Kafka client always sends first. */
	if (state <= WIRE_EARLY && !wire_state_becomes(wire, WIRE_UNDECIDED, WIRE_EARLY) &&
	    wire_state_now(wire) != WIRE_KAFKA)
		return;
	if (wire_state_now(wire) != WIRE_KAFKA || !enter(wire, row, &wire->receiving))
		return;
	struct wire_step step = {.wire = wire, .row = row, .now_ns = now_ns};
	follow_received(&step, bytes, count);
	leave(&wire->receiving);
}

void wire_received_unseen(struct wire *wire, struct trace_socket *row)
{
	if (!wire_state_becomes(wire, WIRE_UNDECIDED, WIRE_EARLY) &&
	    wire_state_now(wire) == WIRE_KAFKA)
		wire_lose(wire, row);
}

static enum wire_refusal tls_refusal(const struct wire *wire, uint8_t *alert)
{
	static const enum wire_refusal refusals[] = {
		[TLS_NOTHING_BACK] = WIRE_TLS_NOTHING_BACK,
		[TLS_NO_TLS_BACK] = WIRE_TLS_NO_TLS_BACK,
		[TLS_ENDED_BY_US] = WIRE_TLS_ENDED_BY_US,
		[TLS_ENDED_BY_PEER] = WIRE_TLS_ENDED_BY_PEER,
		[TLS_UNFINISHED] = WIRE_TLS_UNFINISHED,
		[TLS_FINISHED] = WIRE_TLS_FINISHED,
		[TLS_LONG_FINISHED] = WIRE_NOT_REFUSED,
	};
	enum wire_refusal refusal = refusals[wire_tls_state(&wire->tls)];

	if (refusal == WIRE_TLS_ENDED_BY_US)
		*alert = wire->tls.ours.alert;
	if (refusal == WIRE_TLS_ENDED_BY_PEER)
		*alert = wire->tls.theirs.alert;
	return refusal;
}

enum wire_refusal wire_refusal(const struct wire *wire, const struct trace_socket *row,
			       uint8_t *alert)
{
	*alert = 0;
	if (wire_state_now(wire) == WIRE_TLS)
		return tls_refusal(wire, alert);
	if (wire->let_in || !(row->flags & SOCKET_KAFKA) || row->requests == 0)
		return WIRE_NOT_REFUSED;
	if (wire->answers_tls)
		return WIRE_TLS_BACK;
	return row->responses == 0 ? WIRE_NOTHING_BACK : WIRE_FEW_BACK;
}
