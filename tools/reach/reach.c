/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reach.c - see reach.h.
 */
#include "reach/reach.h"

#include <string.h>

#include "reach/servers.h"

/* TCP sends the SYN again after a second: a peer that has not answered by then is not merely
 * slow. */
#define UNANSWERED_NS INT64_C(1000000000)

static bool is_waited_for(const struct peer *peer)
{
	return peer->waiting_ns >= UNANSWERED_NS;
}

static bool is_failing(const struct peer *peer)
{
	return peer->failed_since > 0 || peer->turned_since > 0 || is_waited_for(peer);
}

/* ---- whether a peer is a producer's broker ---- */

static bool is_configured(const struct producer *producer, const struct peer *peer)
{
	const char *servers = servers_of(producer);
	struct server server;

	while (servers && servers_next(&servers, &server))
		if (server_is(&server, peer))
			return true;
	return false;
}

/* Brokers tell their clients the addresses of the other brokers; most of them have the same
 * port as those that were configured. */
static bool has_their_port(const struct producer *producer, const struct peer *peer)
{
	const char *servers = servers_of(producer);
	struct server server;

	while (servers && servers_next(&servers, &server))
		if (server.port == peer->port)
			return true;
	return false;
}

/* Whether a client was found in the process, even if it made no producer. */
static bool has_a_client(const struct process *process)
{
	return process->python_client_count > 0 || process->jvm_client_count > 0 ||
	       process->notes & NOTE_KAFKA_WIRE;
}

bool reach_is_broker(const struct process *process, const struct producer *producer,
		     const struct peer *peer)
{
	if (!producer)
		return process->producer_count == 0 && has_a_client(process);
	if (peer->producer != UNKNOWN)
		return peer->producer == producer - process->producers;
	return peer->flags & PEER_KAFKA || is_configured(producer, peer) ||
	       has_their_port(producer, peer);
}

bool reach_failed(const struct process *process, const struct producer *producer,
		  const struct peer *peer)
{
	return is_failing(peer) && reach_is_broker(process, producer, peer);
}

/* ---- whether there was another way to the brokers ---- */

static bool shares_name(const struct peer *a, const struct peer *b)
{
	return a == b || (a->name && b->name && !strcmp(a->name, b->name));
}

/* Whether an address of the peer's name was not tried: a name may have several. */
static bool has_untried_address(const struct process *process, const struct producer *producer,
				const struct peer *peer)
{
	int64_t tried = 0;

	for (size_t i = 0; i < process->peer_count; i++)
		tried += shares_name(peer, &process->peers[i]) &&
			 process->peers[i].producer == peer->producer &&
			 reach_is_broker(process, producer, &process->peers[i]);
	return tried < peer->addresses;
}

static bool has_untried_server(const struct process *process, const struct producer *producer)
{
	const char *servers = producer ? servers_of(producer) : NULL;
	struct server server;

	while (servers && servers_next(&servers, &server)) {
		bool tried = false;

		for (size_t i = 0; i < process->peer_count && !tried; i++)
			tried = reach_is_broker(process, producer, &process->peers[i]) &&
				server_is(&server, &process->peers[i]);
		if (!tried)
			return true;
	}
	return false;
}

struct reach reach_of(const struct process *process, const struct producer *producer)
{
	struct reach reach = {0};
	bool another_way = process->dropped_peers > 0;

	for (size_t i = 0; i < process->peer_count; i++) {
		const struct peer *peer = &process->peers[i];

		if (!reach_is_broker(process, producer, peer))
			continue;
		reach.ever |= peer->let_in > 0 ||
			      (peer->ends[PEER_CONNECTED] > 0 && peer->turned_since == 0);
		reach.turned_away |= peer->turned_since > 0;
		reach.failing += is_failing(peer);
		/* The peer was reached, or an attempt has not ended. */
		another_way |=
			!is_failing(peer) || has_untried_address(process, producer, peer);
	}
	reach.cut_off =
		reach.failing > 0 && !another_way && !has_untried_server(process, producer);
	return reach;
}
