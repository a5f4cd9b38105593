/* SPDX-License-Identifier: Apache-2.0 */
/*
 * servers.c - see servers.h.
 */
#include "reach/servers.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PORT 9092
#define BETWEEN ", []'\"\t\n" /* servers of a list, printed by whichever language */

const char *servers_of(const struct producer *producer)
{
	static const char *const keys[] = {"bootstrap.servers", "metadata.broker.list",
					   "bootstrap_servers"};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		for (size_t j = 0; j < producer->setting_count; j++)
			if (!strcmp(producer->settings[j].key, keys[i]))
				return producer->settings[j].value;
	return NULL;
}

/* "host:port", "[::1]:port" without its first bracket, or a host alone. */
static void split(const char *text, size_t bytes, struct server *server)
{
	const char *colon = memrchr(text, ':', bytes);
	bool is_port = colon && memchr(text, ':', bytes) == colon;

	*server = (struct server){text, bytes, PORT};
	if (!is_port && colon && colon > text && colon[-1] == ']')
		is_port = true;
	if (!is_port)
		return;
	server->host_bytes = (size_t)(colon - text);
	server->port = strtol(colon + 1, NULL, 10);
	if (server->host_bytes && text[server->host_bytes - 1] == ']')
		server->host_bytes--;
}

/* The length of a server's text: a bracket within it belongs to an IPv6 address. */
static size_t length(const char *text)
{
	size_t bytes = strcspn(text, BETWEEN);

	if (text[bytes] == ']' && text[bytes + 1] == ':' && memchr(text, ':', bytes))
		bytes += strcspn(text + bytes + 1, BETWEEN) + 1;
	return bytes;
}

/* The length of a scheme, as "SASL_SSL://". */
static size_t scheme(const char *text)
{
	size_t bytes = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_");

	return strncmp(text + bytes, "://", 3) == 0 ? bytes + 3 : 0;
}

bool servers_next(const char **text, struct server *server)
{
	*text += strspn(*text, BETWEEN);
	*text += scheme(*text);
	*text += **text == '[';
	size_t bytes = length(*text);

	if (!bytes)
		return false;
	split(*text, bytes, server);
	*text += bytes;
	return true;
}

/* The host of "host:port", "[host]:port" or "host". */
static bool host_is(const char *place, int64_t port, const struct server *server)
{
	if (!place)
		return false;
	size_t bytes = strlen(place);

	if (*place == '[') {
		place++;
		bytes = strcspn(place, "]");
	} else if (port != UNKNOWN && strrchr(place, ':')) {
		bytes = (size_t)(strrchr(place, ':') - place);
	}
	return bytes == server->host_bytes && !strncasecmp(place, server->host, bytes);
}

bool server_is(const struct server *server, const struct peer *peer)
{
	if (peer->port != UNKNOWN && peer->port != server->port)
		return false;
	return host_is(peer->address, peer->port, server) ||
	       host_is(peer->name, peer->port, server);
}
