/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_flight.c - splits what is outstanding into unsent and in flight.
 *
 * The producer knows what it has not been answered; only the wire knows what
 * was written whole. A request that was written on a connection which the
 * client itself gave up is back in its queue (it would have been written
 * again), so only connections that were in use at the end count, and those of
 * which it may not have been: the broker may have that. Where the wire could not be read
 * (TLS) there is no split: the sum stays, the parts are UNKNOWN; unless the guest has counted
 * what entered requests: then what never did was never written, and the rest may have been.
 */
#include "build/builder.h"

#include <string.h>

#include "model/number.h"

struct flight {
	int64_t sockets;
	int64_t requests; /* whole Produce requests seen on the wire */
	int64_t records;  /* in flight at the end */
	int64_t kernel_bytes;
	int64_t answered;     /* records, whatever the client made of the answers */
	int64_t unanswerable; /* records written whole with acks=0 */
	int64_t given_up; /* records, whole on connections that the client gave up, unanswered
			   */
	int64_t dropped_least;
	int64_t accepted_bytes; /* on whatever may be its connections, all their life */
	bool readable;
	bool hidden;	      /* a TLS connection of nobody's, that may be its, */
	int64_t hidden_bytes; /* and what the kernel held of such ones */
	bool kernel_unseen;   /* of one of its own that is not known */
	bool writing;
	bool refused; /* records answered with an error, which may be sent again */
	bool reset;
	bool may_forget;
	bool kernel_open;
	int64_t kernel_age_ns;
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

/* Bytes in the kernel that the peer had no room for or did not answer to. Others
 * only wait for its TCP, which takes its time. */
static int64_t held_bytes(const struct socket *socket)
{
	bool under_way = socket->flags & SOCKET_UNDER_WAY && !socket->reset;

	return socket->unsent_bytes > 0 && !under_way ? socket->unsent_bytes : 0;
}

/* The alert that closes a TLS connection, and is no data: 24 bytes in TLS 1.3, at most 40
 * with the ciphers of 1.2 that clients use. */
#define TLS_ALERT_BYTES 40

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
	    held_bytes(socket) <= behind_produce(socket))
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
	if (socket->produce_unanswerable > 0)
		flight->may_forget |= socket->may_forget;
	else if (!in_use && !(acks0 && socket->flags & SOCKET_TLS))
		return;
	flight->kernel_bytes += held_requests(socket);
}

/* What the guest has counted of a producer's requests; NULL where it does not. */
static const struct trace_producer_more *requests_of(const struct builder *builder,
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
		flight->kernel_bytes += socket->queued_held;
}

static void flight_hidden(const struct builder *builder, const struct producer *producer,
			  struct flight *flight)
{
	if (!flight->hidden || knows_its_own(builder, producer, flight))
		return;
	flight->readable = false;
	flight->kernel_unseen = true;
	flight->kernel_bytes += flight->hidden_bytes;
}

/* Of a connection that nobody knows to be the producer's, and that may be all the same. */
static void flight_others(struct flight *flight, const struct process *process, size_t producer,
			  const struct socket *socket)
{
	flight->writing |= may_be_its_first(process, producer, socket);
	if (may_be_its_own_hidden(process, producer, socket)) {
		flight->hidden = true;
		flight->hidden_bytes += held_requests(socket);
	}
	if (socket->producer == UNKNOWN && !(socket->flags & SOCKET_ACCEPTED))
		flight->accepted_bytes += socket->accepted_bytes;
}

/* Of one of its own, in use or not. */
static void flight_own(struct flight *flight, const struct socket *socket)
{
	flight->accepted_bytes += socket->accepted_bytes;
	flight->sockets++;
	flight->requests += socket->produce_requests;
	flight->answered += socket->produce_answered_records;
	flight->refused |= socket->produce_refused > 0;
	flight->unanswerable += socket->produce_unanswerable_records;
	flight->readable = flight->readable && socket->records_known && socket->answers_known;
}

static void flight_in_use(struct flight *flight, const struct socket *socket)
{
	flight->dropped_least += dropped_by_reset(socket);
	flight->writing |= socket->writing;
	flight->records += socket->produce_open_records;
	flight->reset |= socket->reset &&
			 (socket->produce_open_records > 0 || socket->produce_unanswerable > 0);
	flight_kernel(flight, socket);
}

static struct flight flight_of(const struct builder *builder, size_t producer)
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
			flight.given_up += socket->produce_open_records;
	}
	flight_hidden(builder, &process->producers[producer], &flight);
	return flight;
}

static void take_back(struct tally *tally, int64_t missing)
{
	int64_t *messages = tally->messages, *bytes = tally->bytes;

	if (messages[OUTSTANDING] == UNKNOWN) { /* of a partition it is not known */
		if (missing == messages[UNCONFIRMED])
			messages[UNCONFIRMED] = bytes[UNCONFIRMED] = 0;
		else
			messages[UNCONFIRMED] = bytes[UNCONFIRMED] = UNKNOWN;
		return;
	}
	/* Which ones they are, and so how large, is known when it is all. */
	if (missing == messages[UNCONFIRMED]) {
		bytes[OUTSTANDING] += bytes[UNCONFIRMED];
		bytes[UNCONFIRMED] = 0;
	} else {
		bytes[OUTSTANDING] = bytes[UNCONFIRMED] = UNKNOWN;
	}
	messages[UNCONFIRMED] -= missing;
	messages[OUTSTANDING] += missing;
	messages[UNSENT] = messages[IN_FLIGHT] = UNKNOWN;
	bytes[UNSENT] = bytes[IN_FLIGHT] = UNKNOWN;
}

static bool is_compressed(const struct producer *producer)
{
	for (size_t i = 0; i < producer->setting_count; i++)
		if (!strcmp(producer->settings[i].key, "compression_type"))
			return true;
	return false;
}

/* Over TLS only bytes tell that one at least was never written: when all that was written
 * would not have held them. */
static bool cannot_have_been(const struct process *process, const struct producer *producer,
			     const struct flight *flight)
{
	return producer->tally.bytes[UNCONFIRMED] > flight->accepted_bytes &&
	       !is_compressed(producer) && process->recycled_sockets == 0 &&
	       process->dropped_sockets == 0;
}

/* Called done, and not written as far as can be seen; `*doubtful` of them may have been: a
 * process may end before its client, or the guest, has heard that the kernel took them. */
static int64_t missing_of(const struct builder *builder, const struct producer *producer,
			  const struct flight *flight, int64_t *doubtful)
{
	int64_t unconfirmed = producer->tally.messages[UNCONFIRMED];
	const struct trace_producer_more *more = requests_of(builder, producer);

	*doubtful = 0;
	if (flight->readable)
		return unconfirmed - flight->unanswerable;
	int64_t certain = cannot_have_been(builder->process, producer, flight);
	int64_t missing = certain;

	if (more && producer->flags & PRODUCER_WRITES &&
	    unconfirmed - number_of(more->requested_written) > certain)
		missing = unconfirmed - number_of(more->requested_written);
	*doubtful = missing - certain;
	return missing;
}

/*
 * kafka-python and aiokafka call a message of acks=0 done when its request is in a buffer
 * of their own, before a byte of it is written. What never was, whole, is not
 * unconfirmed but outstanding.
 */
static void take_back_unwritten(const struct builder *builder, struct producer *producer,
				const struct flight *flight)
{
	int64_t unconfirmed = producer->tally.messages[UNCONFIRMED];

	if (!client_is_python(producer->client) || unconfirmed <= 0 ||
	    producer->shares_connections || producer->tally.messages[OUTSTANDING] == UNKNOWN)
		return;
	int64_t missing = missing_of(builder, producer, flight, &producer->unwritten_doubtful);

	producer->written_unseen = !flight->readable;
	if (missing <= 0)
		return;
	producer->unwritten = missing;
	take_back(&producer->tally, missing);
	for (size_t i = 0; i < producer->topic_count; i++) {
		struct tally *topic = &producer->topics[i].tally;

		/* Whose they are is plain when all of them are meant. */
		if (missing == unconfirmed)
			take_back(topic, topic->messages[UNCONFIRMED]);
		else if (topic->messages[UNCONFIRMED] == unconfirmed)
			take_back(topic, missing);
		else
			topic->messages[UNCONFIRMED] = topic->messages[OUTSTANDING] = UNKNOWN;
	}
}

/* Answers that had come when the process ended, but not through to the
 * client: there is a moment between the two, and in Python a lock. */
static int64_t answers_unread(const struct producer *producer, const struct flight *flight)
{
	const int64_t *messages = producer->tally.messages;
	int64_t unread = flight->answered - messages[DELIVERED] - messages[FAILED];

	return unread > 0 && !flight->refused ? unread : 0;
}

/* The same with acks=0, of which a message is done once its request is written whole. */
static int64_t done_unread(const struct producer *producer, const struct flight *flight)
{
	int64_t unread = flight->unanswerable - producer->tally.messages[UNCONFIRMED];

	return unread > 0 ? unread : 0;
}

static void split(struct producer *producer, const struct flight *flight)
{
	int64_t *messages = producer->tally.messages;
	int64_t *bytes = producer->tally.bytes;
	int64_t outstanding = messages[OUTSTANDING];

	/* Requests the client wrote and the wire did not see: a connection
	 * is missing here, or its row was used again. */
	bool readable = flight->readable && !producer->shares_connections &&
			flight->requests >= producer->requests_sent && !flight->writing;
	if (outstanding == UNKNOWN || outstanding == 0 || !readable)
		return;
	int64_t written = flight->records + flight->given_up +
			  answers_unread(producer, flight) + done_unread(producer, flight);

	messages[IN_FLIGHT] = written < outstanding ? written : outstanding;
	messages[UNSENT] = outstanding - messages[IN_FLIGHT];
	if (messages[IN_FLIGHT] == 0) {
		bytes[IN_FLIGHT] = 0;
		bytes[UNSENT] = bytes[OUTSTANDING];
	} else if (messages[UNSENT] == 0) {
		bytes[IN_FLIGHT] = bytes[OUTSTANDING];
		bytes[UNSENT] = 0;
	}
}

/* Records in whole Produce requests, of all of the process's connections. */
static int64_t records_written(const struct process *process)
{
	int64_t written = 0;

	for (size_t i = 0; i < process->socket_count; i++) {
		const struct socket *socket = &process->sockets[i];

		if (socket->writing || !socket->records_known)
			return UNKNOWN;
		written += socket->produce_records;
	}
	return process->dropped_sockets || process->recycled_sockets ? UNKNOWN : written;
}

/*
 * Of messages that failed or were purged librdkafka says which the broker may have. Of other
 * clients the error tells, and no more can have arrived than was written.
 */
static void bound_maybe(const struct process *process, struct producer *producer,
			enum amount end, int64_t *maybe)
{
	int64_t all = producer->tally.messages[end], written, rest;

	if (*maybe > all)
		*maybe = all;
	if (*maybe <= 0 || producer->client == CLIENT_LIBRDKAFKA)
		return;
	written = records_written(process);
	rest = written - producer->tally.messages[DELIVERED];
	if (written != UNKNOWN && rest < *maybe)
		*maybe = rest > 0 ? rest : 0;
}

/* What never entered a request was never written; what did may have been. */
static void split_by_requests(const struct builder *builder, struct producer *producer)
{
	int64_t *messages = producer->tally.messages, *bytes = producer->tally.bytes;
	const struct trace_producer_more *more = requests_of(builder, producer);

	if (!more || messages[OUTSTANDING] == UNKNOWN || messages[UNSENT] != UNKNOWN)
		return;
	int64_t open = number_of(more->requested > more->requested_ended
					 ? more->requested - more->requested_ended
					 : 0) +
		       producer->unwritten_doubtful;

	if (messages[OUTSTANDING] <= open)
		return;
	messages[IN_FLIGHT] = open;
	messages[UNSENT] = messages[OUTSTANDING] - open;
	producer->written_unseen |= open > 0;
	if (open == 0) {
		bytes[IN_FLIGHT] = 0;
		bytes[UNSENT] = bytes[OUTSTANDING];
	}
}

void build_flight(struct builder *builder)
{
	struct process *process = builder->process;

	for (size_t i = 0; i < process->producer_count; i++) {
		struct flight flight = flight_of(builder, i);

		process->producers[i].reset = flight.reset;
		process->producers[i].dropped_least = flight.dropped_least;
		process->producers[i].requests_agree =
			process->producers[i].client != CLIENT_LIBRDKAFKA ||
			flight.requests == process->producers[i].requests_sent;
		process->producers[i].writing = flight.writing;
		process->producers[i].kernel_bytes = flight.kernel_bytes;
		process->producers[i].kernel_open = flight.kernel_open;
		process->producers[i].may_forget = flight.may_forget;
		process->producers[i].kernel_age_ns = flight.kernel_age_ns;
		process->producers[i].kernel_unseen = flight.kernel_unseen;
		take_back_unwritten(builder, &process->producers[i], &flight);
		split(&process->producers[i], &flight);
		split_by_requests(builder, &process->producers[i]);
		bound_maybe(process, &process->producers[i], FAILED,
			    &process->producers[i].failed_maybe);
		bound_maybe(process, &process->producers[i], PURGED,
			    &process->producers[i].purged_maybe);
	}
}
