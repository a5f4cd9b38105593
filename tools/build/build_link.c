/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_link.c - finds the connections of producers for which the guest has not
 * noted them: of clients written in Python or Java.
 *
 * By the client id, which is in the producer's settings and in the requests on a
 * connection. If several producers have the same one, it is not known which of
 * them a connection belongs to, and so not what is under way of each; but it
 * belongs to no other client.
 */
#include "build/builder.h"

#include <string.h>

/* The client id in a connection's requests. */
struct client_name {
	const char *text; /* the first bytes of a long one */
	uint32_t bytes;	  /* of the whole; 0: an older trace does not say */
	uint32_t hash;
};

static bool is_named(const struct producer *producer, const struct client_name *name)
{
	const char *id = producer->client_id;
	uint32_t hash = 2166136261u; /* FNV-1a */

	if (!id || !name->bytes)
		return id && !strcmp(id, name->text);
	for (size_t i = 0; id[i]; i++)
		hash = (hash ^ (unsigned char)id[i]) * 16777619u;
	return strlen(id) == name->bytes && hash == name->hash &&
	       !strncmp(id, name->text, strlen(name->text));
}

/* How many producers have this client id; *first is the first of them. */
static size_t owners_of(const struct process *process, const struct client_name *name,
			struct producer **owner)
{
	size_t count = 0;

	*owner = NULL;
	for (size_t i = 0; i < process->producer_count; i++) {
		struct producer *producer = &process->producers[i];

		if (!is_named(producer, name))
			continue;
		if (producer->client == CLIENT_LIBRDKAFKA) /* the guest knows its connections */
			return 0;
		if (!count++)
			*owner = producer;
	}
	return count;
}

static void shared_by(struct process *process, struct socket *socket,
		      const struct client_name *name)
{
	socket->shared = true;
	for (size_t i = 0; i < process->producer_count; i++)
		if (is_named(&process->producers[i], name))
			process->producers[i].shares_connections = true;
}

void build_links(struct builder *builder)
{
	struct process *process = builder->process;

	for (size_t i = 0; i < process->socket_count; i++) {
		struct socket *socket = &process->sockets[i];
		const struct trace_socket *row =
			reader_row(builder->reader, SECTION_SOCKET, socket->row);
		struct client_name name = {
			row->client_id ? build_string(builder, row->client_id) : NULL,
			row->client_id_bytes, row->client_id_hash};
		struct producer *owner = NULL;

		if (socket->producer != UNKNOWN || !(socket->flags & SOCKET_KAFKA) ||
		    !name.text)
			continue;
		size_t count = owners_of(process, &name, &owner);

		if (count == 1)
			socket->producer = owner - process->producers;
		else if (count > 1)
			shared_by(process, socket, &name);
	}
}
