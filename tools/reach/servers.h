/* SPDX-License-Identifier: Apache-2.0 */
/*
 * servers.h - parses bootstrap.servers as the clients write it: "host:port,SSL://host:port", or
 * a list of such, printed by Python or Java.
 */
#ifndef UNFLUSHED_REACH_SERVERS_H
#define UNFLUSHED_REACH_SERVERS_H

#include <stdbool.h>
#include <stddef.h>

#include "model/model.h"

struct server {
	const char *host; /* not NUL-terminated */
	size_t host_bytes;
	int64_t port; /* 9092 if the text has none */
};

/* The producer's bootstrap.servers; NULL: not known. */
const char *servers_of(const struct producer *producer);

/* Reads the next server and advances *text; false: there is none left. */
bool servers_next(const char **text, struct server *server);

/* Whether the server is this peer, by name or by address. The ports must be equal if both are
 * known. */
bool server_is(const struct server *server, const struct peer *peer);

#endif
