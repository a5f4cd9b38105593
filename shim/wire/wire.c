/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire.c - the two directions of a connection.
 *
 * Called on the path of the host's send and recv: no allocation, no lock, no
 * errno, nothing of libc but mem*. A frame that cannot be Kafka's ends the
 * decoding for good; nothing is guessed after that.
 */
#include "wire/wire.h"

#include <string.h>

#include "wire/cursor.h"
#include "wire/request.h"
#include "wire/response.h"
#include "wire/state.h"

/* Only one thread may be in a direction: two have lost the order of bytes. */
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

/* Where the request stands that is being written: what a cut leaves behind. */
static void show_frame(const struct wire *wire, struct trace_socket *row)
{
	bool named = wire->sent.frame && wire->api >= 0;
	WIRE_STORE(row->frame_api, named ? wire->api : TRACE_UNKNOWN);
	WIRE_STORE(row->frame_records, wire->uncounted ? TRACE_UNKNOWN : wire->records);
	WIRE_STORE(row->frame_bytes, wire->sent.frame);
	WIRE_STORE(row->frame_at, wire_frame_at(&wire->sent));
}

/* A field made no sense: true if the rest can be passed over all the same. */
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

static void follow_sent(struct wire_step *step, const unsigned char *bytes, size_t count)
{
	struct wire *wire = step->wire;
	for (;;) {
		enum wire_taken taken = wire_take(wire, &wire->sent, &bytes, &count);
		if (taken == TAKEN_CUT)
			break;
		if (taken == TAKEN_WHOLE && wire_request_step(step))
			continue;
		if (!sent_survives(step))
			return;
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

void wire_start(struct wire *wire)
{
	memset(wire, 0, sizeof(*wire));
}

void wire_sent(struct wire *wire, struct trace_socket *row, const void *bytes, size_t count,
	       int64_t now_ns)
{
	if (wire_state_now(wire) > WIRE_KAFKA || count == 0)
		return;
	/* The host is the broker there: its answers would be taken for requests. */
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

/* Bytes nobody can read: fine within payload, where they are only counted. */
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
	if (state > WIRE_KAFKA || count == 0)
		return;
	/* A Kafka client always speaks first. */
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
