/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire_flight.c - what the connections show of a producer's messages.
 *
 * When a client gives a connection up, it puts the unanswered requests back into its queue. So
 * connections count that were in use at the end, and earlier ones whose requests may not have
 * been written again: the broker may have these.
 */
#include "build/wire_flight.h"

#include <string.h>

#include "model/number.h"

/* Whether this connection was in use when the producer ended. */
static bool in_use_at_end(const struct process *process, const struct socket *socket,
			  int64_t destroy_began_ns)
{
	if (socket->state != SOCKET_CLOSED)
		return true;
	if (destroy_began_ns > 0 && socket->closed_ns >= destroy_began_ns)
		return true;
	for (size_t i = 0; i < process->socket_count; i++) {
		const struct socket *other = &process->sockets[i];

		if (other != socket && other->producer == socket->producer &&
		    other->produce_last_ns > socket->closed_ns)
			return false;
	}
	return true;
}

/* Clients try again after at most this time. */
#define RETRIED_NS INT64_C(1000000000)

/*
 * A client puts requests that were unanswered on a lost connection first in its queue. So they
 * have been written again, if anything was written to the same broker some time after that.
 */
static bool was_written_again(const struct process *process, const struct socket *lost)
{
	for (size_t i = 0; lost->peer && i < process->socket_count; i++) {
		const struct socket *other = &process->sockets[i];

		if (other != lost && other->producer == lost->producer && other->peer &&
		    !strcmp(other->peer, lost->peer) &&
		    other->produce_last_ns > lost->closed_ns + RETRIED_NS)
			return true;
	}
	return false;
}

/* Bytes in the send queue for which the peer had no room, or which it did not acknowledge.
 * Others only wait for an acknowledgement that is on its way. */
static int64_t stuck_bytes(const struct socket *socket)
{
	return socket->unsent_bytes > 0 && !(socket->flags & SOCKET_UNDER_WAY)
		       ? socket->unsent_bytes
		       : 0;
}

/* Bytes that may never arrive: after a reset also those that were under way. */
static int64_t held_bytes(const struct socket *socket)
{
	return socket->reset && socket->unsent_bytes > 0 ? socket->unsent_bytes
							 : stuck_bytes(socket);
}

/* The alert that closes a TLS connection, and is no data: 24 bytes in TLS 1.3, at most 40
 * with the ciphers of 1.2 that clients use. */
#define TLS_ALERT_BYTES 40

/* Records that TLS writes itself between two requests: that alert, and the answer to a
 * KeyUpdate of TLS 1.3. The smallest Produce request takes 120 bytes. */
#define TLS_OWN_BYTES (TLS_ALERT_BYTES + 27)

/*
 * The process may have ended between the write of one more Produce request and the client's
 * report of it. If the client has closed the connection it has reported all requests that it
 * wrote whole; where frames can be read they tell it more exactly.
 */
static bool may_be_untold(const struct socket *socket)
{
	bool left_open = socket->end == END_NONE || socket->end == END_PROCESS;

	return left_open && !socket->records_known && socket->untold_bytes != UNKNOWN &&
	       socket->untold_bytes > TLS_OWN_BYTES;
}

/* Those bytes that may belong to Produce requests: over TLS it is not known which do. */
static int64_t held_requests(const struct socket *socket)
{
	int64_t bytes = held_bytes(socket);

	if (socket->flags & SOCKET_TLS)
		return bytes > TLS_ALERT_BYTES ? bytes : 0;
	return socket->produce_requests > 0 ? bytes : 0;
}

/* Bytes that may follow the last Produce request in the queue: a few small requests of other
 * kinds, and the beginning of the next. */
#define OTHER_REQUESTS_BYTES 1024

static int64_t behind_produce(const struct socket *socket)
{
	int64_t cut = socket->cut_length != UNKNOWN ? socket->cut_accepted : 0;

	return socket->produce_was_last ? 0 : cut + OTHER_REQUESTS_BYTES;
}

/*
 * How many messages a reset has certainly dropped. The peer had no room for the end of the
 * queue, so it did not get the last request whole: if there were several, it is not known how
 * many messages the last one had.
 */
static int64_t dropped_by_reset(const struct socket *socket)
{
	int64_t requests = socket->produce_open_requests + socket->produce_unanswerable;
	int64_t records = socket->produce_open_records + socket->produce_unanswerable_records;

	if (!socket->reset || !socket->records_known || requests == 0 || records == 0 ||
	    stuck_bytes(socket) <= behind_produce(socket))
		return 0;
	return requests == 1 ? records : 1;
}

/*
 * The first request on a connection may be a Produce request, and one that was not whole when
 * the process ended names no client: it may be of any producer whose connections the guest does
 * not know. librdkafka's are known, and begin with another request.
 */
static bool may_be_its_first(const struct process *process, size_t producer,
			     const struct socket *socket)
{
	return socket->producer == UNKNOWN && socket->writing && socket->accepted_bytes == 0 &&
	       socket->state != SOCKET_CLOSED &&
	       !(socket->flags & (SOCKET_KAFKA | SOCKET_ACCEPTED)) &&
	       process->producers[producer].client != CLIENT_LIBRDKAFKA;
}

/*
 * Over TLS no frame names the client. A connection for which the guest has noted no producer
 * may belong to any producer whose connections it does not know, so for none of those is it
 * known what was written. librdkafka's connections are known.
 */
static bool may_be_its_own_hidden(const struct process *process, size_t producer,
				  const struct socket *socket)
{
	return socket->producer == UNKNOWN && socket->flags & SOCKET_TLS &&
	       !(socket->flags & SOCKET_ACCEPTED) &&
	       process->producers[producer].client != CLIENT_LIBRDKAFKA;
}

/* Requests on a connection that was given up are written again on another one, except acks=0,
 * which were done. */
static void flight_left(struct flight *flight, const struct socket *socket, bool in_use,
			bool acks0)
{
	/* Over TLS requests cannot be seen: for a producer with acks=0 they count as such. */
	if (socket->produce_unanswerable > 0 || (acks0 && socket->flags & SOCKET_TLS))
		flight->may_forget |= socket->may_forget;
	else if (!in_use)
		return;
	flight->kernel_bytes = number_sum(flight->kernel_bytes, held_requests(socket));
}

const struct trace_producer_more *requests_of(const struct builder *builder,
					      const struct producer *producer)
{
	return producer->flags & PRODUCER_REQUESTS
		       ? reader_row(builder->reader, SECTION_PRODUCER_MORE, producer->row)
		       : NULL;
}

/* If the guest knows the producer's connections, one without a producer is not its; unless
 * messages of it entered requests, and no connection of it was found. */
static bool knows_its_own(const struct builder *builder, const struct producer *producer,
			  const struct flight *flight)
{
	const struct trace_producer_more *more = requests_of(builder, producer);

	return more && (more->requested == 0 || flight->sockets > 0);
}

static void flight_kernel(struct flight *flight, const struct socket *socket)
{
	flight->kernel_unseen |= socket->unsent_bytes == UNKNOWN;
	if (!socket->queue_open)
		return;
	flight->kernel_open = true;
	flight->kernel_age_ns = socket->queued_age_ns;
	if (socket->queued_held > 0)
		flight->kernel_bytes = number_sum(flight->kernel_bytes, socket->queued_held);
}

static void flight_hidden(const struct builder *builder, const struct producer *producer,
			  struct flight *flight)
{
	if (!flight->hidden || knows_its_own(builder, producer, flight))
		return;
	flight->readable = false;
	flight->kernel_unseen = true;
	flight->kernel_bytes = number_sum(flight->kernel_bytes, flight->hidden_bytes);
}

/* Adds a connection that may be the producer's, but is not known to be. */
static void flight_others(struct flight *flight, const struct process *process, size_t producer,
			  const struct socket *socket)
{
	flight->writing |= may_be_its_first(process, producer, socket);
	if (may_be_its_own_hidden(process, producer, socket)) {
		flight->hidden = true;
		flight->hidden_bytes = number_sum(flight->hidden_bytes, held_requests(socket));
	}
	if (socket->producer == UNKNOWN && !(socket->flags & SOCKET_ACCEPTED))
		flight->accepted_bytes =
			number_sum(flight->accepted_bytes, socket->accepted_bytes);
}

/* Adds a connection of the producer, in use or not. */
static void flight_own(struct flight *flight, const struct socket *socket)
{
	flight->accepted_bytes = number_sum(flight->accepted_bytes, socket->accepted_bytes);
	flight->sockets++;
	flight->requests = number_sum(flight->requests, socket->produce_requests);
	flight->answered = number_sum(flight->answered, socket->produce_answered_records);
	flight->refused |= socket->produce_refused > 0;
	flight->unanswerable =
		number_sum(flight->unanswerable, socket->produce_unanswerable_records);
	flight->readable = flight->readable && socket->records_known && socket->answers_known;
}

static void flight_in_use(struct flight *flight, const struct socket *socket)
{
	flight->dropped_least = number_sum(flight->dropped_least, dropped_by_reset(socket));
	flight->writing |= socket->writing || may_be_untold(socket);
	flight->records = number_sum(flight->records, socket->produce_open_records);
	flight->reset |= socket->reset &&
			 (socket->produce_open_records > 0 || socket->produce_unanswerable > 0);
	flight_kernel(flight, socket);
}

struct flight flight_of(const struct builder *builder, size_t producer)
{
	const struct process *process = builder->process;
	const struct trace_producer *row =
		reader_row(builder->reader, SECTION_PRODUCER, process->producers[producer].row);
	/* Requests with acks=0 are counted over all its connections. */
	bool rows_whole = process->dropped_sockets == 0 &&
			  (process->recycled_sockets == 0 || row->acks != 0);
	struct flight flight = {.readable = rows_whole, .kernel_age_ns = UNKNOWN};

	for (size_t i = 0; i < process->socket_count; i++) {
		const struct socket *socket = &process->sockets[i];
		bool in_use = in_use_at_end(process, socket, row->destroy_began_ns);

		flight_others(&flight, process, producer, socket);
		if (socket->producer != (int64_t)producer)
			continue;
		flight_own(&flight, socket);
		flight_left(&flight, socket, in_use, row->acks == 0);
		if (in_use)
			flight_in_use(&flight, socket);
		else if (!was_written_again(process, socket))
			flight.given_up =
				number_sum(flight.given_up, socket->produce_open_records);
	}
	flight_hidden(builder, &process->producers[producer], &flight);
	return flight;
}
