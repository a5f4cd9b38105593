/* SPDX-License-Identifier: Apache-2.0 */
/*
 * peer_words.c - see peer_words.h.
 */
#include "model/peer_words.h"

#include <netdb.h>
#include <string.h>

#include "model/words.h"

const char *words_peer(struct run *run, const struct peer *peer)
{
	if (!peer->address || !peer->name)
		return peer->name ? peer->name : peer->address ? peer->address : "?";
	return model_format(run, "%s (%s)", peer->name, peer->address);
}

/* What came of attempts, each after its number. */
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
};

const char *words_peer_error(const struct peer *peer)
{
	if (peer->error == UNKNOWN)
		return NULL;
	return peer->flags & PEER_NAME ? gai_strerror((int)peer->error)
				       : strerrorname_np((int)peer->error);
}

/* Where the words do not say it already. */
static const char *error_words(struct run *run, const struct peer *peer)
{
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
