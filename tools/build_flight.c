/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_flight.c - splits what is outstanding into unsent and in flight.
 *
 * The producer knows what it has not been answered; only the wire knows what
 * was written whole. A request that was written on a connection which the
 * client itself gave up is back in its queue (it would have been written
 * again), so only connections that were in use at the end count. Where the
 * wire could not be read there is no split: the sum stays, the parts are
 * UNKNOWN.
 */
#include "build.h"

struct flight {
	int64_t sockets;
	int64_t requests; /* whole Produce requests seen on the wire */
	int64_t records;  /* in flight at the end */
	int64_t kernel_bytes;
	bool readable;
	bool reset;
};

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

static struct flight flight_of(const struct builder *builder, size_t producer)
{
	const struct process *process = builder->process;
	const struct trace_producer *row =
		reader_row(builder->reader, SECTION_PRODUCER, process->producers[producer].row);
	struct flight flight = {.readable = process->dropped_sockets == 0};

	for (size_t i = 0; i < process->socket_count; i++) {
		const struct socket *socket = &process->sockets[i];

		if (socket->producer != (int64_t)producer)
			continue;
		flight.sockets++;
		flight.requests += socket->produce_requests;
		flight.readable = flight.readable && socket->records_known;
		if (!in_use_at_end(process, socket, row->destroy_began_ns))
			continue;
		flight.records += socket->produce_open_records;
		flight.reset |= socket->reset && (socket->produce_open_records > 0 ||
						  socket->produce_unanswerable > 0);
		if (socket->produce_requests > 0 && socket->unsent_bytes > 0)
			flight.kernel_bytes += socket->unsent_bytes;
	}
	return flight;
}

static void split(struct producer *producer, const struct flight *flight)
{
	int64_t *messages = producer->tally.messages;
	int64_t *bytes = producer->tally.bytes;
	int64_t outstanding = messages[OUTSTANDING];

	/* Requests the client wrote and the wire did not see: a connection
	 * is missing here, or its row was used again. */
	bool readable = flight->readable && flight->requests >= producer->requests_sent;
	if (outstanding == UNKNOWN || outstanding == 0 || !readable)
		return;
	messages[IN_FLIGHT] = flight->records < outstanding ? flight->records : outstanding;
	messages[UNSENT] = outstanding - messages[IN_FLIGHT];
	if (messages[IN_FLIGHT] == 0) {
		bytes[IN_FLIGHT] = 0;
		bytes[UNSENT] = bytes[OUTSTANDING];
	} else if (messages[UNSENT] == 0) {
		bytes[IN_FLIGHT] = bytes[OUTSTANDING];
		bytes[UNSENT] = 0;
	}
}

void build_flight(struct builder *builder)
{
	struct process *process = builder->process;

	for (size_t i = 0; i < process->producer_count; i++) {
		struct flight flight = flight_of(builder, i);

		process->producers[i].reset = flight.reset;
		process->producers[i].kernel_bytes = flight.kernel_bytes;
		split(&process->producers[i], &flight);
	}
}
