/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render_json_peer.c - the addresses that a process tried to connect to, as JSON.
 */
#include "model/peer_words.h"
#include "render/json_value.h"
#include "render/render_json.h"

static json_t *answers_json(struct run *run, const struct peer *peer)
{
	json_t *array = json_array();

	for (size_t i = 0; i < peer->answer_count; i++) {
		const struct answer *answer = &peer->answers[i];
		bool one = answer->api != UNKNOWN;
		json_t *object = json_object();

		json_object_set_new(object, "api", json_of_number(answer->api));
		json_object_set_new(object, "api_name",
				    json_of_text(one ? words_api(run, answer->api) : NULL));
		json_object_set_new(object, "code",
				    json_of_number(one ? answer->code : UNKNOWN));
		json_object_set_new(object, "name", json_of_text(answer->name));
		json_object_set_new(object, "count", json_of_number(answer->count));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *peer_json(struct run *run, const struct peer *peer)
{
	static const struct {
		const char *key;
		enum trace_peer_end end;
	} ends[] = {
		{"connected", PEER_CONNECTED},
		{"refused", PEER_REFUSED},
		{"timed_out", PEER_TIMED_OUT},
		{"unreachable", PEER_UNREACHABLE},
		{"unanswered", PEER_UNANSWERED},
		{"failed", PEER_FAILED},
		{"name_unknown", PEER_NAME_UNKNOWN},
		{"name_failed", PEER_NAME_FAILED},
		{"no_tls", PEER_NO_TLS},
		{"wants_tls", PEER_WANTS_TLS},
		{"hung_up", PEER_HUNG_UP},
		{"distrusted", PEER_DISTRUSTED},
		{"tls_refused", PEER_TLS_REFUSED},
		{"tls_broken", PEER_TLS_BROKEN},
		{"not_let_in", PEER_NOT_LET_IN},
		{"authentication_refused", PEER_AUTHENTICATION_REFUSED},
	};
	json_t *object = json_object();

	json_object_set_new(object, "address", json_of_text(peer->address));
	json_object_set_new(object, "name", json_of_text(peer->name));
	json_object_set_new(object, "producer", json_of_number(peer->producer));
	json_object_set_new(object, "attempts", json_of_number(peer->begun));
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		json_object_set_new(object, ends[i].key,
				    json_of_number(peer->ends[ends[i].end]));
	json_object_set_new(object, "failed_since", json_of_number(peer->failed_since));
	json_object_set_new(object, "let_in", json_of_number(peer->let_in));
	json_object_set_new(object, "turned_since", json_of_number(peer->turned_since));
	json_object_set_new(object, "tls_alert",
			    json_of_number(peer->alert ? peer->alert : UNKNOWN));
	json_object_set_new(object, "error", json_of_text(words_peer_error(peer)));
	json_object_set_new(object, "answers", answers_json(run, peer));
	return object;
}

json_t *json_of_peers(struct run *run, const struct process *process)
{
	json_t *array = json_array();

	for (size_t i = 0; i < process->peer_count; i++)
		json_array_append_new(array, peer_json(run, &process->peers[i]));
	return array;
}
