/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cross_check.c - see cross_check.h.
 *
 * The wire layer counts a request when the write returns, the client a moment later: if
 * the process ends in between, each connection has one request more. Nothing is compared
 * where a part cannot be seen: TLS, frames that were lost, connections without a known
 * producer or whose rows were used again, a handle that another process had made; nor
 * while the process runs, since its counters are not read at one instant.
 */
#include "judge/cross_check.h"

#include "model/number.h"

static bool hides_something(const struct socket *socket)
{
	/* Its producer is not known: it may be this one. */
	if (socket->producer == UNKNOWN)
		return socket->flags & SOCKET_TLS ||
		       (socket->flags & SOCKET_KAFKA && socket->produce_requests > 0);
	return !socket->records_known || socket->writing;
}

static bool is_seen_whole(const struct process *process, size_t index)
{
	const struct producer *producer = &process->producers[index];

	if (producer->client != CLIENT_LIBRDKAFKA || producer->flags & PRODUCER_INHERITED ||
	    process->recycled_sockets > 0 || process->dropped_sockets > 0 || process->damaged ||
	    process->dropped_rows > 0 || producer->requests_sent == 0 ||
	    process->how == ENDED_RUNNING)
		return false;
	for (size_t i = 0; i < process->socket_count; i++) {
		const struct socket *socket = &process->sockets[i];

		if ((socket->producer == UNKNOWN || socket->producer == (int64_t)index) &&
		    hides_something(socket))
			return false;
	}
	return true;
}

/* Whether each message was delivered once, by an answer that the client accepted. */
static bool is_settled(const struct producer *producer)
{
	const int64_t *messages = producer->tally.messages;

	return messages[OUTSTANDING] == 0 && messages[FAILED] == 0 && messages[PURGED] == 0 &&
	       messages[UNCONFIRMED] == 0;
}

struct layers cross_check(const struct process *process, size_t producer)
{
	struct layers layers = {UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, 0};
	int64_t requests = 0, records = 0;
	bool troubled = false;

	if (!is_seen_whole(process, producer))
		return layers;
	for (size_t i = 0; i < process->socket_count; i++) {
		const struct socket *socket = &process->sockets[i];

		if (socket->producer != (int64_t)producer)
			continue;
		layers.connections++;
		requests = number_sum(requests, socket->produce_requests);
		records = number_sum(records, socket->produce_answered_records);
		/* Records may be sent again, or answered and not delivered. */
		troubled |=
			socket->produce_refused > 0 || socket->reset || !socket->answers_known;
	}
	/* A plugin of the client, without the preload: there is no wire layer. */
	if (layers.connections == 0)
		return layers;
	layers.requests_api = process->producers[producer].requests_sent;
	layers.requests_wire = requests;
	if (!troubled && is_settled(&process->producers[producer])) {
		layers.records_api = process->producers[producer].tally.messages[DELIVERED];
		layers.records_wire = records;
	}
	return layers;
}

bool cross_check_disagrees(const struct layers *layers)
{
	if (layers->requests_api == UNKNOWN)
		return false;
	return layers->requests_wire < layers->requests_api ||
	       layers->requests_wire > layers->requests_api + layers->connections ||
	       layers->records_api != layers->records_wire;
}
