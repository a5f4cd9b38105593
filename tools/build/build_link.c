/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_link.c - which connections belong to a producer that the guest could
 * not ask: those of clients written in Python or Java.
 *
 * By the client id, which the producer has by its settings and the connection
 * by the requests on it. Where several producers share one, nobody can tell whose
 * a connection is, and so not what is on its way of each; but it is no other
 * client's.
 */
#include "build/builder.h"

#include <string.h>

/* How many producers have this client id; the first of them. */
static size_t owners_of(const struct process *process, const char *client_id,
			struct producer **owner)
{
	size_t count = 0;

	*owner = NULL;
	for (size_t i = 0; i < process->producer_count; i++) {
		struct producer *producer = &process->producers[i];

		if (!producer->client_id || strcmp(producer->client_id, client_id) != 0)
			continue;
		if (producer->client == CLIENT_LIBRDKAFKA) /* it was asked, and it is not its */
			return 0;
		if (!count++)
			*owner = producer;
	}
	return count;
}

static void shared_by(struct process *process, struct socket *socket, const char *client_id)
{
	socket->shared = true;
	for (size_t i = 0; i < process->producer_count; i++)
		if (process->producers[i].client_id &&
		    !strcmp(process->producers[i].client_id, client_id))
			process->producers[i].shares_connections = true;
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
		struct producer *owner = NULL;

		if (socket->producer != UNKNOWN || !(socket->flags & SOCKET_KAFKA) ||
		    !client_id)
			continue;
		size_t count = owners_of(process, client_id, &owner);

		if (count == 1)
			socket->producer = owner - process->producers;
		else if (count > 1)
			shared_by(process, socket, client_id);
	}
}
