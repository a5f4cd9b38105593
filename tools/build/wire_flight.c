/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire_flight.c - what the connections show of a producer's messages.
 *
 * A request that was written on a connection which the client itself gave up is back in its
 * queue (it would have been written again), so only connections that were in use at the end
 * count, and those of which it may not have been: the broker may have that.
 */
#include "build/wire_flight.h"

#include <string.h>

#include "model/number.h"

/* Was this connection in use when the producer came to its end? */
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

/* Clients try again after at most so long. */
#define RETRIED_NS INT64_C(1000000000)

/*
 * A client puts what was unanswered on a lost connection first in its queue. So it has been
 * written again, if anything was written to the same broker some time after that.
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

/* Bytes in the kernel that the peer had no room for or did not answer to. Others only wait
 * for its TCP, which takes its time. */
static int64_t stuck_bytes(const struct socket *socket)
{
	return socket->unsent_bytes > 0 && !(socket->flags & SOCKET_UNDER_WAY)
		       ? socket->unsent_bytes
		       : 0;
}

/* Those that may never get there: a reset ends the others' way, too. */
static int64_t held_bytes(const struct socket *socket)
{
	return socket->reset && socket->unsent_bytes > 0 ? socket->unsent_bytes
							 : stuck_bytes(socket);
}

/* The alert that closes a TLS connection, and is no data: 24 bytes in TLS 1.3, at most 40
 * with the ciphers of 1.2 that clients use. */
#define TLS_ALERT_BYTES 40

/* What TLS writes of its own accord between two requests: that alert, and the answer to a
 * KeyUpdate of TLS 1.3. The smallest Produce request takes 120. */
#define TLS_OWN_BYTES (TLS_ALERT_BYTES + 27)

/*
 * The process has died between the write of what may be one more Produce request and the
 * client's word of it. A client that closes a connection has told of all that it wrote there
 * whole; where frames can be read they say it better.
 */
static bool may_be_untold(const struct socket *socket)
{
	bool left_open = socket->end == END_NONE || socket->end == END_PROCESS;

	return left_open && !socket->records_known && socket->untold_bytes != UNKNOWN &&
	       socket->untold_bytes > TLS_OWN_BYTES;
}

/* Those of them that may be of Produce requests: over TLS nobody sees which they are. */
static int64_t held_requests(const struct socket *socket)
{
	int64_t bytes = held_bytes(socket);

	if (socket->flags & SOCKET_TLS)
		return bytes > TLS_ALERT_BYTES ? bytes : 0;
	return socket->produce_requests > 0 ? bytes : 0;
}

/* What may follow the last Produce request in the queue: a few small ones of other kinds, and
 * the beginning of the next. */
#define OTHER_REQUESTS_BYTES 1024

static int64_t behind_produce(const struct socket *socket)
{
	int64_t cut = socket->cut_length != UNKNOWN ? socket->cut_accepted : 0;

	return socket->produce_was_last ? 0 : cut + OTHER_REQUESTS_BYTES;
}

/*
 * How many messages a reset has thrown away for certain. The peer had no room for the end
 * of the queue, so the last request did not become whole there: of several it is not known
 * how many messages it had.
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
 * The first that a client writes on a connection may be a Produce request, and what was
 * not whole when the process died names no client: it may be any that we cannot ask.
 * librdkafka was asked, and begins with another.
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
 * Over TLS no frame names the client. A connection that the guest has not put to a
 * producer may be any that we cannot ask, so of none of those is it known what was
 * written. librdkafka was asked.
 */
static bool may_be_its_own_hidden(const struct process *process, size_t producer,
				  const struct socket *socket)
{
	return socket->producer == UNKNOWN && socket->flags & SOCKET_TLS &&
	       !(socket->flags & SOCKET_ACCEPTED) &&
	       process->producers[producer].client != CLIENT_LIBRDKAFKA;
}

/* What is on a connection that was given up is written again elsewhere, but for acks=0: that
 * was done. */
static void flight_left(struct flight *flight, const struct socket *socket, bool in_use,
			bool acks0)
{
	/* Over TLS nobody sees which requests there were: of a producer of acks=0 such ones. */
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

/* Of a producer whose connections the guest tells apart, one of nobody's is none: unless
 * something of it was requested, and none was found. */
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

/* Of a connection that nobody knows to be the producer's, and that may be all the same. */
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

/* Of one of its own, in use or not. */
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
	/* What was written with acks=0 is counted over all its connections. */
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
