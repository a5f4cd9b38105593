/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_flight.c - splits outstanding messages into unsent and in flight.
 *
 * The producer's counts show which were not answered; only the connections' show which were
 * written whole. Where frames could not be read (TLS) the sum stays, and the parts are UNKNOWN;
 * unless the guest has counted messages that entered requests: those that did not were never
 * written, and the rest may have been.
 */
#include "build/wire_flight.h"

#include <string.h>

#include "model/number.h"

static void take_back(struct tally *tally, int64_t missing)
{
	int64_t *messages = tally->messages, *bytes = tally->bytes;

	if (messages[OUTSTANDING] == UNKNOWN) { /* not known of a partition */
		if (missing == messages[UNCONFIRMED])
			messages[UNCONFIRMED] = bytes[UNCONFIRMED] = 0;
		else
			messages[UNCONFIRMED] = bytes[UNCONFIRMED] = UNKNOWN;
		return;
	}
	/* Their bytes are known only if they are all of them. */
	if (missing == messages[UNCONFIRMED]) {
		bytes[OUTSTANDING] = number_sum(bytes[OUTSTANDING], bytes[UNCONFIRMED]);
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

/* Over TLS only bytes show that at least one was never written: if more bytes were produced
 * than were written. */
static bool cannot_have_been(const struct process *process, const struct producer *producer,
			     const struct flight *flight)
{
	return producer->tally.bytes[UNCONFIRMED] > flight->accepted_bytes &&
	       !is_compressed(producer) && process->recycled_sockets == 0 &&
	       process->dropped_sockets == 0;
}

/* Messages that the client called done, and that were not seen to be written. `*doubtful` of
 * them may have been written: a process may end after the kernel took them and before its
 * client, or the guest, has counted that. */
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
 * of their own, before a byte of it is written. Messages that were never written whole are
 * outstanding, not unconfirmed.
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

		/* Their topics are known only if they are all of them. */
		if (missing == unconfirmed)
			take_back(topic, topic->messages[UNCONFIRMED]);
		else if (topic->messages[UNCONFIRMED] == unconfirmed)
			take_back(topic, missing);
		else
			topic->messages[UNCONFIRMED] = topic->messages[OUTSTANDING] = UNKNOWN;
	}
}

/* Answers that the process had read when it ended, but the client had not
 * processed: that takes a moment, and in Python the interpreter's lock. */
static int64_t answers_unread(const struct producer *producer, const struct flight *flight)
{
	const int64_t *messages = producer->tally.messages;
	int64_t unread = flight->answered - messages[DELIVERED] - messages[FAILED];

	return unread > 0 && !flight->refused ? unread : 0;
}

/* The same with acks=0, where a message is done once its request is written whole. */
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

	/* If the client wrote more requests than the connections show, one of these
	 * is missing, or its row was used again. */
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
		written = number_sum(written, socket->produce_records);
	}
	return process->dropped_sockets || process->recycled_sockets ? UNKNOWN : written;
}

/*
 * How many failed or purged messages the broker may have: librdkafka reports it per message.
 * For other clients the error tells, and no more can have arrived than were written.
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
	if (written == UNKNOWN)
		return;
	rest = written - producer->tally.messages[DELIVERED];
	if (rest < *maybe)
		*maybe = rest > 0 ? rest : 0;
}

/* Messages that never entered a request were never written; those that did may have been. */
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

/*
 * Whether the last request that the client, or the process, has counted is the last that the
 * kernel has taken. If the process was killed inside a write, there may be one more.
 */
static bool requests_agree(const struct producer *producer, const struct flight *flight)
{
	if (flight->writing)
		return false;
	return producer->client == CLIENT_LIBRDKAFKA
		       ? flight->requests == producer->requests_sent
		       : flight->readable;
}

void build_flight(struct builder *builder)
{
	struct process *process = builder->process;

	for (size_t i = 0; i < process->producer_count; i++) {
		struct flight flight = flight_of(builder, i);

		process->producers[i].reset = flight.reset;
		process->producers[i].dropped_least = flight.dropped_least;
		process->producers[i].requests_agree =
			requests_agree(&process->producers[i], &flight);
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
