/* SPDX-License-Identifier: Apache-2.0 */
/*
 * peer_words.c - see peer_words.h.
 */
#include "model/peer_words.h"

#include <netdb.h>
#include <string.h>

#include "model/system_names.h"
#include "model/words.h"

const char *words_peer(struct run *run, const struct peer *peer)
{
	if (!peer->address || !peer->name)
		return peer->name ? peer->name : peer->address ? peer->address : "?";
	return model_format(run, "%s (%s)", peer->name, peer->address);
}

/* The text for each way an attempt can end, printed behind their number. */
static const struct {
	enum trace_peer_end end;
	const char *one, *many;
} ways[] = {
	{PEER_REFUSED, "connect was refused", "connects were refused"},
	{PEER_TIMED_OUT, "connect timed out", "connects timed out"},
	{PEER_UNANSWERED, "connect was given up without an answer",
	 "connects were given up without an answer"},
	{PEER_UNREACHABLE, "connect found no way there", "connects found no way there"},
	{PEER_FAILED, "connect failed", "connects failed"},
	{PEER_NAME_UNKNOWN, "look-up found no such name", "look-ups found no such name"},
	{PEER_NAME_FAILED, "look-up of the name failed", "look-ups of the name failed"},
	{PEER_NO_TLS, "hello of TLS was not answered with TLS",
	 "hellos of TLS were not answered with TLS"},
	{PEER_WANTS_TLS, "connection in plaintext met TLS", "connections in plaintext met TLS"},
	{PEER_HUNG_UP, "connection was ended before anything was answered",
	 "connections were ended before anything was answered"},
	{PEER_DISTRUSTED, "TLS handshake was given up for the broker's certificate",
	 "TLS handshakes were given up for the broker's certificate"},
	{PEER_TLS_REFUSED, "TLS handshake was refused by the broker",
	 "TLS handshakes were refused by the broker"},
	{PEER_TLS_BROKEN, "TLS handshake broke off", "TLS handshakes broke off"},
	{PEER_NOT_LET_IN, "connection was ended by the broker at authentication",
	 "connections were ended by the broker at authentication"},
	{PEER_AUTHENTICATION_REFUSED, "authentication was refused",
	 "authentications were refused"},
};

const char *words_peer_error(const struct peer *peer)
{
	if (peer->error == UNKNOWN)
		return NULL;
	return peer->flags & PEER_NAME ? gai_strerror((int)peer->error)
				       : system_names_error(peer->error);
}

/* Only if the text does not say it already. */
/* TLS alerts that say what was wrong (RFC 8446, 6.2). */
static const char *alert_words(int64_t alert)
{
	static const char *const names[] = {
		[40] = "handshake failure",	  [42] = "bad certificate",
		[43] = "unsupported certificate", [44] = "certificate revoked",
		[45] = "certificate expired",	  [46] = "certificate unknown",
		[47] = "illegal parameter",	  [48] = "unknown certificate authority",
		[70] = "protocol version",	  [71] = "insufficient security",
		[112] = "unrecognized name",	  [116] = "certificate required",
	};

	return alert > 0 && alert < (int64_t)(sizeof names / sizeof *names) ? names[alert]
									    : NULL;
}

static const char *error_words(struct run *run, const struct peer *peer)
{
	if (alert_words(peer->alert))
		return model_format(run, " (%s)", alert_words(peer->alert));
	bool says_all = !peer->ends[PEER_FAILED] && !peer->ends[PEER_NAME_FAILED];

	return says_all || !words_peer_error(peer)
		       ? ""
		       : model_format(run, " (%s)", words_peer_error(peer));
}

const char *words_peer_ends(struct run *run, const struct peer *peer)
{
	const char *words = NULL;

	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		int64_t count = peer->ends[ways[i].end];

		if (count > 0)
			words = model_format(run, "%s%s%s %s", words ? words : "",
					     words ? ", " : "", words_number(run, count),
					     count == 1 ? ways[i].one : ways[i].many);
	}
	if (words)
		return model_format(run, "%s%s", words, error_words(run, peer));
	return peer->waiting_ns > 0 ? model_format(run, "no answer for %s",
						   words_time(run, peer->waiting_ns))
				    : NULL;
}

const char *words_api(struct run *run, int64_t api)
{
	static const struct {
		int64_t key;
		const char *name;
	} names[] = {
		{KAFKA_API_PRODUCE, "Produce"},
		{KAFKA_API_METADATA, "Metadata"},
		{KAFKA_API_FIND_COORDINATOR, "FindCoordinator"},
		{KAFKA_API_SASL_HANDSHAKE, "SaslHandshake"},
		{KAFKA_API_VERSIONS, "ApiVersions"},
		{KAFKA_API_INIT_PRODUCER_ID, "InitProducerId"},
		{KAFKA_API_END_TRANSACTION, "EndTxn"},
		{KAFKA_API_SASL_AUTHENTICATE, "SaslAuthenticate"},
		{UNKNOWN, "several APIs"},
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].key == api)
			return names[i].name;
	return model_format(run, "API %lld", (long long)api);
}
