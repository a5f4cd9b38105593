/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unserved.c - clients that the embedded broker cannot serve, from what it logs
 *
 * Such a client retries without end, or for minutes, and prints nothing. Two
 * things show it:
 *
 *  - A request of an API or a version that the mock does not know: the mock closes the
 * connection.
 *  - The mock refuses the newest versions of ApiVersions with an answer that only librdkafka
 *    understands, which then sends an older one. Other clients close the connection then.
 *
 * A program that ends at that moment closes its connection, too: so only several consecutive
 * connections that ended after that answer was sent, without any other request of any client,
 * count as such a client.
 *
 * Java's client does neither: it understands the answer, sends no other request, and waits.
 * Every other client asks for metadata at once, so a client that has waited for seconds counts,
 * too, if no client has sent another request.
 */
#include "run/unserved.h"

#include <stdio.h>
#include <string.h>

#define IN_A_ROW 3
#define NEWEST_FROM 3 /* older versions are understood */
#define IDLE_NS INT64_C(3000000000)

static struct unserved_line *line_find(struct unserved *unserved, const char *from)
{
	for (int i = 0; i < UNSERVED_LINES; i++)
		if (strcmp(unserved->lines[i].from, from) == 0)
			return &unserved->lines[i];
	return NULL;
}

static void line_forget(struct unserved *unserved, const char *from)
{
	struct unserved_line *line = line_find(unserved, from);

	if (line)
		line->from[0] = '\0';
}

static void asked(struct unserved *unserved, const char *request, int version, const char *from)
{
	struct unserved_line *line;

	line_forget(unserved, from);
	if (strcmp(request, "ApiVersion") != 0) {
		unserved->in_a_row = 0;
		unserved->serves = true;
		return;
	}
	/* If there is no free entry this client is missed, but a later one is seen. */
	if (!(line = line_find(unserved, "")))
		return;
	snprintf(line->from, sizeof(line->from), "%s", from);
	line->version = version;
	line->answered_ns = 0;
}

static bool ended(struct unserved *unserved, const char *from, int64_t now_ns, int64_t rtt_ns)
{
	struct unserved_line *line = line_find(unserved, from);

	if (!line)
		return false;
	line->from[0] = '\0';
	if (line->version < NEWEST_FROM)
		return false;
	if (!line->answered_ns || now_ns - line->answered_ns < rtt_ns ||
	    ++unserved->in_a_row < IN_A_ROW)
		return false;
	snprintf(
		unserved->words, sizeof(unserved->words),
		"the embedded broker cannot serve a client, which asks for ApiVersions %d and "
		"nothing older: it is librdkafka's mock cluster, and unflushed(1) says whom it "
		"serves",
		line->version);
	return true;
}

static bool refused(struct unserved *unserved, const char *request, int version)
{
	snprintf(unserved->words, sizeof(unserved->words),
		 "the embedded broker cannot serve a client, and hung up on its %s request of "
		 "version %d: it is librdkafka's mock cluster, and unflushed(1) says whom it "
		 "serves",
		 request, version);
	return true;
}

bool unserved_idle(struct unserved *unserved, int64_t now_ns, int64_t rtt_ns)
{
	if (unserved->serves || unserved->words[0])
		return false;
	for (int i = 0; i < UNSERVED_LINES; i++) {
		const struct unserved_line *line = &unserved->lines[i];

		if (!line->from[0] || !line->answered_ns ||
		    now_ns - line->answered_ns < IDLE_NS + rtt_ns)
			continue;
		snprintf(unserved->words, sizeof(unserved->words),
			 "the embedded broker cannot serve a client, which has asked for "
			 "ApiVersions %d, and for nothing since: it is librdkafka's mock "
			 "cluster, and unflushed(1) says whom it serves",
			 line->version);
		return true;
	}
	return false;
}

bool unserved_note(struct unserved *unserved, const char *line, int64_t now_ns, int64_t rtt_ns)
{
	char request[64], from[64];
	int version;
	const char *said = strstr(line, "Broker ");

	if (!said || !(said = strstr(said, ": ")) || unserved->words[0])
		return false;
	said += 2;
	if (sscanf(said, "unsupported %63[A-Za-z]RequestV", request) == 1) {
		char *end = strstr(request, "Request");
		const char *number = strstr(said, "Request");

		if (end)
			*end = '\0';
		if (number && (sscanf(number, "Request version %d", &version) == 1 ||
			       sscanf(number, "RequestV%d", &version) == 1))
			return refused(unserved, request, version);
	}
	if (sscanf(said, "Received %63[A-Za-z]%d from %63s", request, &version, from) == 3) {
		char *end = strstr(request, "RequestV");

		if (end)
			*end = '\0';
		asked(unserved, request, version, from);
	} else if (sscanf(said, "Sending ApiVersionResponseV%d to %63s", &version, from) == 2) {
		struct unserved_line *known = line_find(unserved, from);

		if (known)
			known->answered_ns = now_ns;
	} else if (sscanf(said, "Connection from %63s closed", from) == 1) {
		return ended(unserved, from, now_ns, rtt_ns);
	}
	return false;
}
