/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_link.c - which connections belong to a producer that the guest could
 * not ask: those of clients written in Python or Java.
 *
 * By the client id, which the producer has by its settings and the connection
 * by the requests on it. Where two producers share one, nobody can tell: the
 * connections stay nobody's.
 */
#include "build.h"

#include <string.h>

static const struct producer *owner_of(const struct process *process, const char *client_id)
{
	const struct producer *owner = NULL;

	for (size_t i = 0; i < process->producer_count; i++) {
		const struct producer *producer = &process->producers[i];

		if (!producer->client_id || strcmp(producer->client_id, client_id) != 0)
			continue;
		if (owner || producer->client == CLIENT_LIBRDKAFKA)
			return NULL;
		owner = producer;
	}
	return owner;
}

void build_links(struct builder *builder)
{
	struct process *process = builder->process;

	for (size_t i = 0; i < process->socket_count; i++) {
		struct socket *socket = &process->sockets[i];
		const struct trace_socket *row =
			reader_row(builder->reader, SECTION_SOCKET, socket->row);
		const char *client_id =
			row->client_id ? build_string(builder, row->client_id) : NULL;
		const struct producer *owner = NULL;

		if (socket->producer == UNKNOWN && socket->flags & SOCKET_KAFKA && client_id)
			owner = owner_of(process, client_id);
		if (owner)
			socket->producer = owner - process->producers;
	}
}
