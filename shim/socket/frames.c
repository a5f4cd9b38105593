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
#include "trace/map.h"
#include "trace/socket_row.h"
#include "trace/writer.h"
#include "wire/wire.h"

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
		break;
	case WIRE_PRODUCE_WRITTEN:
		if (row->produce_unanswerable)
			acks0_queue_note(row);
		writer_add_shared(&trace->process->produce_written, 1);
		writer_event(EVENT_PRODUCE_WRITTEN, index, fact->records, fact->bytes);
		break;
	case WIRE_PRODUCE_ANSWERED:
		writer_event(EVENT_PRODUCE_ANSWERED, index, fact->records,
			     fact->took_ns / 1000);
		break;
	}
}

/* What the peer of an accepted connection asks of this process is its
 * producer's affair, not ours. */
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

void frames_sent(struct trace_socket *row, const void *bytes, size_t count, int64_t now_ns)
{
	struct wire *wire = wire_of(row);

	if (!wire)
		return;
	if (bytes)
		wire_sent(wire, row, bytes, count, now_ns);
	else
		wire_sent_unseen(wire, row, count, now_ns);
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
