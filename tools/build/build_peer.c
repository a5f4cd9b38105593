/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_peer.c - the addresses that the process tried to connect to, and how that ended.
 *
 * Rows of the same peer and producer are added up: two threads may have made
 * two rows for one peer.
 */
#include "build/builder.h"

#include <string.h>

#include <librdkafka/rdkafka.h>

#include "model/number.h"

static const char *name_text(struct builder *builder, const struct trace_peer *row)
{
	const char *name = build_string(builder, row->name);

	return name && row->port ? model_format(builder->run, "%s:%u", name, row->port) : name;
}

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static struct peer *peer_of(struct builder *builder, const struct trace_peer *row)
{
	struct process *process = builder->process;
	const struct producer *owner =
		row->producer ? build_producer_at(builder, row->producer - 1) : NULL;
	const struct peer is = {
		.address = row->flags & PEER_NAME
				   ? NULL
				   : build_address(builder, row->address, row->port),
		.name = name_text(builder, row),
		.producer = owner ? owner - process->producers : UNKNOWN,
		.port = row->port ? row->port : UNKNOWN,
		.addresses = row->addresses,
		.error = UNKNOWN,
	};

	for (size_t i = 0; i < process->peer_count; i++) {
		struct peer *peer = &process->peers[i];

		if (peer->producer == is.producer && is_same(peer->address, is.address) &&
		    (is.address || is_same(peer->name, is.name)))
			return peer;
	}
	process->peers[process->peer_count] = is;
	return &process->peers[process->peer_count++];
}

static void peer_add(struct peer *peer, const struct trace_peer *row)
{
	uint64_t failed = 0, turned = 0;

	peer->flags |= row->flags;
	peer->begun = number_sum(peer->begun, number_of(row->begun));
	for (int i = 0; i < TRACE_PEER_ENDS; i++) {
		peer->ends[i] = number_sum(peer->ends[i], number_of(row->ends[i]));
		failed += i > PEER_CONNECTED && i < PEER_TURNED_AWAY ? row->ends[i] : 0;
		turned += i >= PEER_TURNED_AWAY ? row->ends[i] : 0;
	}
	peer->failed = number_sum(peer->failed, number_of(failed));
	if (failed > row->failed_before)
		peer->failed_since =
			number_sum(peer->failed_since, number_of(failed - row->failed_before));
	if (turned > row->turned_before)
		peer->turned_since =
			number_sum(peer->turned_since, number_of(turned - row->turned_before));
	peer->let_in = number_sum(peer->let_in, row->let_in);
	if (row->alert)
		peer->alert = row->alert;
	if (row->error)
		peer->error = row->error;
}

static void answer_add(struct peer *peer, const struct trace_answer *entry)
{
	bool other = entry->code == TRACE_ANSWER_OTHER;
	const struct answer is = {
		.api = other ? UNKNOWN : entry->api,
		.code = entry->code,
		.name = other ? NULL : rd_kafka_err2name((rd_kafka_resp_err_t)entry->code),
		.count = entry->count,
	};

	if (!entry->code || !entry->count)
		return;
	for (size_t i = 0; i < peer->answer_count; i++)
		if (peer->answers[i].api == is.api && peer->answers[i].code == is.code) {
			peer->answers[i].count = number_sum(peer->answers[i].count, is.count);
			return;
		}
	if (peer->answer_count < TRACE_ANSWERS)
		peer->answers[peer->answer_count++] = is;
}

/* For connections that were being made when the process ended: how long the peer did not
 * answer. */
static void peers_wait(struct builder *builder)
{
	struct process *process = builder->process;

	for (size_t i = 0; i < process->socket_count; i++) {
		const struct socket *socket = &process->sockets[i];

		if (socket->state != SOCKET_CONNECTING || socket->closed_ns != UNKNOWN ||
		    socket->lived_ns == UNKNOWN)
			continue;
		for (size_t j = 0; j < process->peer_count; j++)
			if (is_same(process->peers[j].address, socket->peer) &&
			    process->peers[j].waiting_ns < socket->lived_ns)
				process->peers[j].waiting_ns = socket->lived_ns;
	}
}

void build_peers(struct builder *builder)
{
	struct process *process = builder->process;
	uint32_t rows = reader_rows(builder->reader, SECTION_PEER);

	process->dropped_peers = number_of(builder->reader->sections[SECTION_PEER].dropped);
	process->peers = model_alloc(
		builder->run,
		reader_complete(builder->reader, SECTION_PEER) * sizeof *process->peers + 1);
	for (uint32_t i = 0; i < rows; i++) {
		const struct trace_peer *row = reader_row(builder->reader, SECTION_PEER, i);

		if (!row)
			continue;
		struct peer *peer = peer_of(builder, row);

		peer_add(peer, row);
		for (size_t j = 0; j < TRACE_ANSWERS; j++)
			answer_add(peer, &row->answers[j]);
	}
	peers_wait(builder);
}
