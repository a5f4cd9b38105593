/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attempts.c - see attempts.h.
 */
#define _GNU_SOURCE /* EAI_NODATA */
#include "peer/attempts.h"

#include <string.h>

#include "guest/guest.h"
#include "peer/hosts.h"
#include "peer/peers.h"
#include "peer/state.h"
#include "trace/socket_row.h"
#include "trace/writer.h"

void attempt_none(const struct trace_socket *row)
{
	peer_state->of_socket[socket_row_index(row)] = 0;
	peer_state->pending[socket_row_index(row)] = 0;
}

void attempt_begins(const struct trace_socket *row, uint32_t peer)
{
	uint32_t index = socket_row_index(row);

	peer_state->of_socket[index] = (uint8_t)peer;
	__atomic_store_n(&peer_state->pending[index], 1, __ATOMIC_RELEASE);
}

bool attempt_is_open(const struct trace_socket *row)
{
	return __atomic_load_n(&peer_state->pending[socket_row_index(row)], __ATOMIC_RELAXED);
}

uint32_t attempt_peer(const struct trace_socket *row)
{
	return peer_state->of_socket[socket_row_index(row)];
}

/* True for one caller alone. */
static bool is_first(const struct trace_socket *row)
{
	return __atomic_exchange_n(&peer_state->pending[socket_row_index(row)], 0,
				   __ATOMIC_ACQ_REL);
}

static void end(struct trace_socket *row, enum trace_peer_end how, int error, int64_t now_ns)
{
	peer_ended(attempt_peer(row), how, error, now_ns);
	if (how == PEER_CONNECTED)
		writer_event_at(now_ns, EVENT_CONNECTED, socket_row_index(row),
				now_ns - row->opened_ns, 0);
	else
		row->connect_error = error;
}

void attempt_over(struct trace_socket *row, int error, int64_t now_ns)
{
	if (attempt_is_open(row) && is_first(row))
		end(row, peer_end_of(error), error, now_ns);
}

void attempt_left(struct trace_socket *row, enum attempt_state state, int error, int64_t now_ns)
{
	if (!attempt_is_open(row) || !is_first(row))
		return;
	if (state == ATTEMPT_ASKING)
		end(row, PEER_UNANSWERED, 0, now_ns);
	else if (state == ATTEMPT_FAILED)
		end(row, error ? peer_end_of(error) : PEER_FAILED, error, now_ns);
	else
		end(row, PEER_CONNECTED, 0, now_ns);
}

/* ---- names ---- */

static uint16_t port_of(const char *service)
{
	uint32_t port = 0;

	for (; service && *service >= '0' && *service <= '9' && port < 65536; service++)
		port = port * 10 + (uint32_t)(*service - '0');
	return service && !*service && port < 65536 ? (uint16_t)port : 0;
}

/* A text with letters is no IPv4 address; one with a colon is an IPv6 address. */
static bool is_name(const char *node)
{
	bool letters = false;

	for (; *node; node++) {
		if (*node == ':')
			return false;
		letters |= (*node < '0' || *node > '9') && *node != '.';
	}
	return letters;
}

void attempt_name(const char *node, const char *service, const struct addrinfo *hints,
		  int result, const struct addrinfo *found)
{
	if (!node || guest_phase() != GUEST_RECORDING || guest_is_borrowed() || !is_name(node))
		return;
	/* With AI_NUMERICHOST the host only asks whether the text is an address. */
	if (hints && hints->ai_flags & AI_NUMERICHOST)
		return;
	struct guest_thread *self = guest_this_thread();

	if (!guest_enter(self))
		return;
	if (result == 0) {
		hosts_keep(node, found);
	} else {
		bool unknown = result == EAI_NONAME || result == EAI_NODATA;
		uint32_t peer = peer_named(node, strlen(node), port_of(service));
		int64_t now_ns = guest_now_ns();

		peer_begun(peer, now_ns);
		peer_ended(peer, unknown ? PEER_NAME_UNKNOWN : PEER_NAME_FAILED, result,
			   now_ns);
	}
	guest_leave(self);
}
