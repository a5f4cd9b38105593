/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frames.c - see frames.h. What the decoder recognises becomes events here.
 */
#include "socket/frames.h"

#include "guest/guest.h"
#include "peer/attempts.h"
#include "peer/peers.h"
#include "socket/acks0_queue.h"
#include "socket/state.h"
#include "trace/batches.h"
#include "trace/large.h"
#include "trace/large_drained.h"
#include "trace/large_thread.h"
#include "trace/map.h"
#include "trace/socket_row.h"
#include "trace/writer.h"
#include "wire/wire.h"

static struct large_produce produce_of(uint32_t index, const struct wire_fact *fact)
{
	return (struct large_produce){.socket = index,
				      .correlation = fact->correlation,
				      .records = fact->records,
				      .offered_ns = fact->began_ns,
				      .written_ns = fact->now_ns,
				      .unanswerable = fact->unanswerable};
}

static void timed_written(uint32_t index, const struct wire_fact *fact)
{
	const struct large_produce request = produce_of(index, fact);

	if (large_is_timed())
		large_request_written(&request);
	if (fact->unanswerable)
		large_request_over(&request);
}

static void timed_answered(uint32_t index, const struct wire_fact *fact)
{
	struct large_produce request = produce_of(index, fact);

	request.written_ns = fact->now_ns - fact->took_ns;
	large_request_over(&request);
}

static void on_wire_fact(void *context, const struct wire_fact *fact)
{
	struct trace_socket *row = context;
	uint32_t index = socket_row_index(row);

	switch (fact->kind) {
	case WIRE_RECOGNISED:
		__atomic_fetch_or(&trace->process->notes, NOTE_KAFKA_WIRE, __ATOMIC_RELAXED);
		peer_flag(attempt_peer(row), PEER_KAFKA);
		if (fact->client_id && fact->client_id_bytes) {
			row->client_id_hash = fact->client_id_hash;
			row->client_id_bytes = fact->client_id_whole;
			row->client_id = writer_string(fact->client_id, fact->client_id_bytes);
		}
		break;
	case WIRE_ERROR_ANSWERED:
		peer_answered(attempt_peer(row), fact->api, (int16_t)fact->error);
		break;
	case WIRE_LET_IN:
		peer_let_in(attempt_peer(row));
		break;
	case WIRE_PRODUCE_BEGUN:
		if (UNLIKELY(large_waits()))
			large_first_byte(index, row->produce_requests + 1, fact->began_ns);
		if (large_is_timed())
			large_request_began(index);
		break;
	case WIRE_PRODUCE_WRITTEN:
		if (UNLIKELY(large_waits()))
			large_last_byte(index, row->produce_requests, fact->now_ns);
		timed_written(index, fact);
		if (row->producer)
			batches_written(row->producer - 1, fact->now_ns - fact->began_ns);
		if (large_drains())
			large_drained_written(fact->records, fact->began_ns, fact->now_ns);
		if (row->produce_unanswerable)
			acks0_queue_note(row);
		writer_add_shared(&trace->process->produce_written, 1);
		writer_event(EVENT_PRODUCE_WRITTEN, index, fact->records, fact->bytes);
		break;
	case WIRE_PRODUCE_ANSWERED:
		timed_answered(index, fact);
		writer_event(EVENT_PRODUCE_ANSWERED, index, fact->records,
			     fact->took_ns / 1000);
		break;
	}
}

/* Requests on an accepted connection come from another producer, not from this process: they
 * are not decoded. */
static struct wire *wire_of(struct trace_socket *row)
{
	struct wire *wire = socket_wire(row);

	if (row->flags & SOCKET_ACCEPTED)
		return NULL;
	if (UNLIKELY(!wire->seen)) {
		wire->context = row;
		wire->seen = on_wire_fact;
	}
	return wire;
}

/* Brokers and clients also close connections that were idle for a while. */
#define IDLE_NS INT64_C(60000000000)

static bool peer_has_ended(struct trace_socket *row, int32_t unread_bytes)
{
	return socket_private(row)->peer_ended ||
	       (socket_row_is_set(row, SOCKET_TLS) &&
		wire_tls_goodbye(&socket_wire(row)->tls, unread_bytes));
}

/* Each side of a TLS connection sends a close_notify alert. The peer's was first if the host
 * had read it before it sent its own; unread bytes may have arrived since. */
static void note_parting(struct trace_socket *row, struct wire_tls *tls)
{
	if (!tls->ours.small || tls->parting)
		return;
	tls->parting = 1;
	tls->theirs_first = peer_has_ended(row, 0);
}

static bool ended_by_peer(struct trace_socket *row)
{
	const struct wire_tls *tls = &socket_wire(row)->tls;
	bool parting = socket_row_is_set(row, SOCKET_TLS) && tls->parting;
	bool ended = parting ? tls->theirs_first : peer_has_ended(row, row->unread_bytes);

	return (ended || socket_row_is_set(row, SOCKET_RESET) || socket_row_more(row)->error) &&
	       row->closed_ns - row->opened_ns < IDLE_NS;
}

void frames_sent(struct trace_socket *row, const void *bytes, size_t count, int64_t now_ns)
{
	struct wire *wire = wire_of(row);

	if (!wire)
		return;
	if (bytes) {
		wire_sent(wire, row, bytes, count, now_ns);
		if (UNLIKELY(socket_row_is_set(row, SOCKET_TLS)) && !wire->let_in) {
			note_parting(row, &wire->tls);
			if (wire_tls_is_long(&wire->tls))
				frames_let_in(row);
		}
	} else {
		wire_sent_unseen(wire, row, count, now_ns);
	}
}

void frames_received(struct trace_socket *row, const void *bytes, size_t count, int64_t now_ns)
{
	struct wire *wire = wire_of(row);

	if (!wire)
		return;
	if (bytes)
		wire_received(wire, row, bytes, count, now_ns);
	else
		wire_received_unseen(wire, row);
}

void frames_let_in(struct trace_socket *row)
{
	struct wire *wire = socket_wire(row);

	if (wire->let_in)
		return;
	wire->let_in = 1;
	peer_let_in(attempt_peer(row));
}

static uint64_t received(const struct trace_socket *row)
{
	return row->received_bytes + socket_row_more(row)->others_received_bytes;
}

void frames_authenticates(struct trace_socket *row)
{
	socket_wire(row)->authenticates = 1;
	socket_wire(row)->received_then = received(row);
}

/* A producer that is destroyed closes its connections, whatever they were doing: the end of
 * such a connection does not show what the client thought of its peer. */
static bool producer_is_ending(const struct trace_socket *row)
{
	return row->producer && trace->producers[row->producer - 1].destroy_began_ns;
}

/* Whether the client closed this connection while its producer went on. */
static bool client_gave_it_up(const struct trace_socket *row, enum trace_socket_end how)
{
	return how == END_CLOSE && row->producer && !producer_is_ending(row);
}

/* Whether the last answer was a refusal: a client that is let in sends a request at once. Where
 * answers can be read, their error codes tell instead. */
static bool authentication_was_refused(const struct trace_socket *row,
				       enum wire_refusal refusal, enum trace_socket_end how)
{
	const struct wire *wire = socket_wire(row);

	return refusal == WIRE_TLS_FINISHED && wire->authenticates &&
	       received(row) > wire->received_then && client_gave_it_up(row, how);
}

/* A peer that reads the first bytes of TLS as a length of Kafka's waits for the rest. */
#define HELLO_NS INT64_C(3000000000)

static bool waited_for_hello(const struct trace_socket *row, enum wire_refusal refusal)
{
	return refusal == WIRE_TLS_NOTHING_BACK && row->closed_ns - row->opened_ns > HELLO_NS;
}

/* The end to count if this side closed before it was let in; PEER_CONNECTED: none. */
static enum trace_peer_end ended_by_us(const struct trace_socket *row,
				       enum wire_refusal refusal, enum trace_socket_end how)
{
	if (waited_for_hello(row, refusal))
		return PEER_NO_TLS;
	if (authentication_was_refused(row, refusal, how))
		return PEER_AUTHENTICATION_REFUSED;
	/* asyncio ends a connection whose certificate it does not trust without an alert. */
	if (how == END_CLOSE && !producer_is_ending(row) && refusal == WIRE_TLS_UNFINISHED &&
	    wire_tls_unanswered(&socket_wire(row)->tls))
		return PEER_DISTRUSTED;
	return PEER_CONNECTED;
}

void frames_ended(struct trace_socket *row, enum trace_socket_end how)
{
	static const struct {
		enum trace_peer_end end;
		bool by_peer; /* where this side ended it, ended_by_us() says what it shows */
	} ends[] = {
		[WIRE_NOT_REFUSED] = {PEER_CONNECTED, false},
		[WIRE_TLS_NOTHING_BACK] = {PEER_NO_TLS, true},
		[WIRE_TLS_NO_TLS_BACK] = {PEER_NO_TLS, false},
		[WIRE_TLS_ENDED_BY_US] = {PEER_DISTRUSTED, false},
		[WIRE_TLS_ENDED_BY_PEER] = {PEER_TLS_REFUSED, false},
		[WIRE_TLS_UNFINISHED] = {PEER_TLS_BROKEN, true},
		[WIRE_TLS_FINISHED] = {PEER_NOT_LET_IN, true},
		[WIRE_TLS_BACK] = {PEER_WANTS_TLS, false},
		[WIRE_NOTHING_BACK] = {PEER_HUNG_UP, true},
		[WIRE_FEW_BACK] = {PEER_NOT_LET_IN, true},
	};
	struct wire *wire = socket_wire(row);
	uint8_t alert;

	if (row->flags & SOCKET_ACCEPTED || wire->let_in)
		return;
	enum wire_refusal refusal = wire_refusal(wire, row, &alert);
	enum trace_peer_end end = ends[refusal].end;

	if (ends[refusal].by_peer && !ended_by_peer(row))
		end = ended_by_us(row, refusal, how);
	if (end == PEER_CONNECTED)
		return;
	wire->let_in = 1; /* counted once, though a process that ends may close it, too */
	peer_turned_away(attempt_peer(row), end, alert, row->closed_ns);
}
