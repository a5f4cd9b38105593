/* SPDX-License-Identifier: Apache-2.0 */
/*
 * images.c - checks the report about an image that was sent, however much of it
 * arrived.
 *
 * A race may decide how much arrives: so the checks only require that the
 * report agrees with the peer, that no loss is reported for an image that
 * arrived, and that a loss is reported for one that did not.
 */
#include "images.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool trial_is_kafka(const struct trial *trial)
{
	return trial->client->acks >= 0;
}

bool trial_is_curl(const struct trial *trial)
{
	return strcmp(trial->client->name, "curl") == 0;
}

static void rule(struct trial *trial, bool kept, const char *broken)
{
	if (!kept && !trial->cell->wrong[0])
		snprintf(trial->cell->wrong, sizeof(trial->cell->wrong), "%s", broken);
}

static bool verdict_is(const struct trial *trial, const char *verdict)
{
	return strcmp(trial->cell->verdict, verdict) == 0;
}

static int64_t number(struct trial *trial, const char *path)
{
	return json_number(trial->story.summary, path);
}

/* Every connection that the peer has seen, byte for byte. */
static void bytes_check(struct trial *trial)
{
	json_t *sockets = json_path(trial->story.summary, "processes.0.sockets"), *row;
	int64_t accepted = 0, received = 0;
	size_t i;

	json_array_foreach(sockets, i, row) accepted += json_number(row, "bytes.accepted");
	json_array_foreach(json_object_get(trial->story.truth, "connections"), i, row)
		received += json_number(row, "received");
	rule(trial, accepted == received, "the bytes accepted are not what the peer counted");
	rule(trial, trial->cell->accepted >= trial->size || !trial->cell->arrived,
	     "less was accepted than arrived");
}

static void kafka_cut_check(struct trial *trial)
{
	json_t *cut = json_path(trial->socket, "end.cut_frame"), *seen, *row;
	size_t i;

	if (json_is_null(cut))
		return;
	json_array_foreach(json_object_get(trial->story.truth, "connections"), i, row)
	{
		seen = json_object_get(row, "cut");
		if (strcmp(json_text(row, "peer"), json_text(trial->socket, "local")) != 0)
			continue;
		rule(trial, json_is_object(seen), "cut here, and whole at the broker");
		if (!json_is_object(seen))
			return;
		rule(trial, json_number(cut, "accepted") == json_number(seen, "received"),
		     "where the frame was cut");
		rule(trial, json_number(cut, "length") == json_number(seen, "length"),
		     "how long the cut frame was");
		return;
	}
	rule(trial, false, "the broker does not know the connection that was cut");
}

static void kafka_check(struct trial *trial)
{
	bool arrived = trial->cell->arrived, acks = trial->client->acks > 0;
	const struct story *story = &trial->story;

	rule(trial, number(trial, "processes.0.producers.0.messages.produced") == 1,
	     "produced");
	rule(trial, number(trial, "processes.0.producers.0.bytes.produced") == trial->size,
	     "the bytes produced");
	rule(trial,
	     number(trial, "processes.0.producers.0.messages.delivered") == (arrived && acks),
	     "delivered");
	rule(trial, story_count(story, "unconfirmed") == (arrived && !acks), "unconfirmed");
	rule(trial, story_count(story, "unsent") == !arrived, "unsent");
	rule(trial, arrived || verdict_is(trial, "lost"), "it did not arrive, and is not lost");
	rule(trial, arrived || story_has(story, acks ? "cut-frame" : "acks0-unsent"),
	     "it did not arrive, and nothing says why");
	rule(trial, !arrived || !acks || verdict_is(trial, "clean"),
	     "accused, though it was answered");
	rule(trial, !arrived || verdict_is(trial, "clean") || verdict_is(trial, "at_risk"),
	     "lost, but it arrived");
	rule(trial, json_is_true(json_object_get(trial->socket, "kafka")), "not called Kafka");
	kafka_cut_check(trial);
}

static void http_check(struct trial *trial)
{
	rule(trial, verdict_is(trial, "blind"), "a Kafka verdict, without Kafka");
	rule(trial, json_is_false(json_object_get(trial->socket, "kafka")), "called Kafka");
	rule(trial, trial->cell->arrived, "it did not arrive");
	rule(trial,
	     json_number(trial->socket, "stalls.count") == 0 ||
		     json_number(trial->socket, "fill.samples") > 0,
	     "it stalled, and nobody looked at the fill");
}

/* Its socket has no timeout. */
static bool blocks(const struct trial *trial)
{
	return strcmp(trial->client->name, "http.client") == 0;
}

/* More than both kernels hold must wait for the reader; without acks, who
 * waits for nothing is done before. */
static void stalls_check(struct trial *trial)
{
	int64_t holds = json_number(trial->socket, "send_buffer.effective") + 2 * PEER_BUFFER;
	bool waits = trial->client->acks != 0 && trial->size > holds;
	int64_t longest_ns = json_number(trial->socket, "stalls.longest_ns");
	int64_t receiver_ns = json_number(trial->socket, "stalls.receiver_ns");

	if (strcmp(trial->reader->name, "stalled") == 0 && waits) {
		rule(trial, longest_ns > STALL_MS * 1000000ll / 2, "the stall is not seen");
		rule(trial, receiver_ns > longest_ns / 2,
		     "the stall is called another's fault");
		rule(trial, story_has(&trial->story, "receiver-stall"), "no receiver-stall");
		rule(trial, !blocks(trial) || trial->cell->fill >= 100,
		     "it blocked, and met no full buffer");
	}
	if (strcmp(trial->reader->name, "slow") == 0 && waits)
		rule(trial, trial->cell->stalled_ms > 0, "a slow reader, and no stall");
	if (strcmp(trial->reader->name, "well") == 0)
		rule(trial, longest_ns < STALL_MS * 1000000ll / 2, "a stall out of nothing");
}

static int64_t wmem_max(void)
{
	char *text = file_read("/proc/sys/net/core/wmem_max");
	int64_t most = text ? atoll(text) : 0;

	free(text);
	return most;
}

static void buffer_check(struct trial *trial)
{
	json_t *buffer = json_object_get(trial->socket, "send_buffer");
	int64_t most = wmem_max(), asked = trial->buffer->bytes;
	bool capped = asked > most;

	if (trial_is_curl(trial)) /* cannot be asked to ask for one */
		return;
	rule(trial, json_is_true(json_object_get(buffer, "autotuned")) == (asked == 0),
	     "autotuned, or not, wrongly");
	if (asked == 0 || most == 0)
		return;
	rule(trial, json_number(buffer, "requested") == asked, "the buffer asked for");
	rule(trial, json_number(buffer, "effective") == 2 * (capped ? most : asked),
	     "the buffer granted");
	rule(trial, story_has(&trial->story, "send-buffer-capped") == capped,
	     "send-buffer-capped, or not, wrongly");
}

static void cell_fill(struct trial *trial)
{
	struct cell *cell = trial->cell;
	json_t *fill = json_path(trial->socket, "fill.max");

	snprintf(cell->verdict, sizeof(cell->verdict), "%s", story_verdict(&trial->story));
	cell->accepted = json_number(trial->socket, "bytes.accepted");
	cell->stalled_ms = json_number(trial->socket, "stalls.total_ns") / 1000000;
	cell->fill = json_is_null(fill) ? 0 : (int64_t)(json_real_value(fill) * 100);
	cell->arrived = trial_is_kafka(trial)
				? json_number(trial->story.truth, "records") == 1
				: json_number(trial->story.truth, "received") > trial->size;
}

void trial_check(struct trial *trial)
{
	const char *said = trial_is_kafka(trial)  ? "sent\n"
			   : trial_is_curl(trial) ? "status:200"
						  : "status 200\n";

	rule(trial, trial->socket != NULL, "no summary, or no connection in it");
	if (!trial->socket)
		return;
	cell_fill(trial);
	rule(trial,
	     exit_code(&trial->story.watched) == 0 &&
		     strncmp(trial->story.watched.out, said, strlen(said)) == 0,
	     "the host does not say what it says alone");
	bytes_check(trial);
	if (trial_is_kafka(trial))
		kafka_check(trial);
	else
		http_check(trial);
	stalls_check(trial);
	buffer_check(trial);
}
