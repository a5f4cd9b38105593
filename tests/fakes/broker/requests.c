/* SPDX-License-Identifier: Apache-2.0 */
/*
 * requests.c - the APIs a producer needs before and beside Produce.
 *
 * The newest version offered of each is a row of `served`; --max API:VERSION
 * lowers it, so that a client can be made to speak as it did years ago. What
 * is not in the table ends the connection, as with a real broker.
 */
#include "broker.h"

struct served {
	int api;
	int newest;
	int flexible; /* first version with compact lengths and tags */
	const char *name;
};

static struct served served[] = {
	{API_PRODUCE, 12, 9, "Produce"},
	{API_FETCH, 11, 12, "Fetch"}, /* listed only: see hangs_up_on() */
	{API_METADATA, 9, 9, "Metadata"},
	{API_FIND_COORDINATOR, 2, 3, "FindCoordinator"},
	{API_SASL_HANDSHAKE, 1, 99, "SaslHandshake"},
	{API_VERSIONS, 3, 3, "ApiVersions"},
	{API_INIT_PRODUCER_ID, 4, 2, "InitProducerId"},
	{API_ADD_PARTITIONS_TO_TXN, 2, 3, "AddPartitionsToTxn"},
	{API_END_TXN, 2, 3, "EndTxn"},
	{API_SASL_AUTHENTICATE, 1, 2, "SaslAuthenticate"},
};
#define SERVED ((int)(sizeof(served) / sizeof(served[0])))

#define ERROR_UNSUPPORTED_VERSION 35
#define NODE 1
#define UNKNOWN_OPERATIONS INT32_MIN

static struct served *find(int api)
{
	for (int i = 0; i < SERVED; i++) {
		if (served[i].api == api)
			return &served[i];
	}
	return NULL;
}

void request_limit(int api, int newest)
{
	struct served *row = find(api);
	if (row && newest < row->newest)
		row->newest = newest;
}

const char *request_api_name(int api)
{
	static char number[16];
	const struct served *row = find(api);
	if (row)
		return row->name;
	snprintf(number, sizeof(number), "%d", api);
	return number;
}

/* Its header is the old one in every version: the client may know no other.
 * A version we do not have is answered in v0 with the list all the same. */
static void answer_versions(struct frame *frame, int version, bool supported)
{
	if (!supported)
		version = 0;
	frame->flexible = version >= 3;
	put_number(frame, 2, supported ? 0 : ERROR_UNSUPPORTED_VERSION);
	put_length(frame, 4, SERVED);
	for (int i = 0; i < SERVED; i++) {
		put_number(frame, 2, served[i].api);
		put_number(frame, 2, 0);
		put_number(frame, 2, served[i].newest);
		put_tags(frame);
	}
	if (version >= 1)
		put_number(frame, 4, 0);
	put_tags(frame);
}

static void put_node_list(struct frame *frame, int nodes)
{
	put_length(frame, 4, nodes);
	for (int i = 0; i < nodes; i++)
		put_number(frame, 4, NODE);
}

static void put_metadata_topic(struct frame *frame, int version, const struct topic *topic)
{
	put_number(frame, 2, 0);
	put_name(frame, truth_topic_name(topic));
	if (version >= 1)
		put_number(frame, 1, 0);
	put_length(frame, 4, settings.partitions);
	for (int i = 0; i < settings.partitions; i++) {
		put_number(frame, 2, 0);
		put_number(frame, 4, i);
		put_number(frame, 4, NODE);
		if (version >= 7)
			put_number(frame, 4, 0);
		put_node_list(frame, 1);
		put_node_list(frame, 1);
		if (version >= 5)
			put_node_list(frame, 0);
		put_tags(frame);
	}
	if (version >= 8)
		put_number(frame, 4, UNKNOWN_OPERATIONS);
	put_tags(frame);
}

static const char *advertised_host(void)
{
	return settings.advertised_host ? settings.advertised_host : settings.host;
}

static void put_cluster(struct frame *frame, int version)
{
	if (version >= 3)
		put_number(frame, 4, 0);
	put_length(frame, 4, 1);
	put_number(frame, 4, NODE);
	put_name(frame, advertised_host());
	put_number(frame, 4, settings.advertised);
	if (version >= 1)
		put_name(frame, NULL);
	put_tags(frame);
	if (version >= 2)
		put_name(frame, "fake");
	if (version >= 1)
		put_number(frame, 4, NODE);
}

static void answer_metadata(struct frame *frame, struct body *body, int version)
{
	put_cluster(frame, version);
	int64_t asked = read_length(body, 4);
	if (asked < 0 || (version == 0 && asked == 0)) {
		int64_t all = 0;
		for (struct topic *topic = NULL; (topic = truth_topics(topic));)
			all++;
		put_length(frame, 4, all);
		for (struct topic *topic = NULL; (topic = truth_topics(topic));)
			put_metadata_topic(frame, version, topic);
	} else {
		put_length(frame, 4, asked);
	}
	for (; asked > 0 && !body->bad; asked--) {
		struct text name = read_text(body);
		read_tags(body);
		if (!name.at)
			body->bad = true;
		else
			put_metadata_topic(frame, version, truth_topic(name));
	}
	if (version >= 8)
		put_number(frame, 4, UNKNOWN_OPERATIONS);
	put_tags(frame);
}

static void answer_coordinator(struct frame *frame, int version)
{
	if (version >= 1)
		put_number(frame, 4, 0);
	put_number(frame, 2, 0);
	if (version >= 1)
		put_name(frame, NULL);
	put_number(frame, 4, NODE);
	put_name(frame, advertised_host());
	put_number(frame, 4, settings.advertised);
}

static void answer_producer_id(struct frame *frame)
{
	static int64_t next = 1000;
	put_number(frame, 4, 0);
	put_number(frame, 2, 0);
	put_number(frame, 8, next++);
	put_number(frame, 2, 0);
	put_tags(frame);
}

static void answer_add_partitions(struct frame *frame, struct body *body)
{
	read_text(body);
	read_bytes(body, 8 + 2);
	put_number(frame, 4, 0);
	int64_t topics = read_length(body, 4);
	put_length(frame, 4, topics);
	for (; topics > 0 && !body->bad; topics--) {
		put_text(frame, read_text(body));
		int64_t partitions = read_length(body, 4);
		put_length(frame, 4, partitions);
		for (; partitions > 0 && !body->bad; partitions--) {
			put_number(frame, 4, read_number(body, 4));
			put_number(frame, 2, 0);
		}
	}
}

#define INVALID_PRODUCER_EPOCH 47
#define SASL_AUTHENTICATION_FAILED 58
#define PRODUCER_FENCED 90

static void answer_end_txn(struct frame *frame, int version)
{
	/* Older clients do not know the other. */
	int fenced = version < 2 ? INVALID_PRODUCER_EPOCH : PRODUCER_FENCED;

	put_number(frame, 4, 0);
	put_number(frame, 2, settings.fence ? fenced : 0);
}

/* PLAIN, and whatever the password is. */
static void answer_sasl_handshake(struct frame *frame)
{
	put_number(frame, 2, 0);
	put_length(frame, 4, 1);
	put_name(frame, "PLAIN");
}

static void answer_sasl_authenticate(struct frame *frame, int version)
{
	put_number(frame, 2, settings.know_nobody ? SASL_AUTHENTICATION_FAILED : 0);
	put_name(frame, NULL);
	put_length(frame, 4, 0);
	if (version >= 1)
		put_number(frame, 8, 0);
}

static void answer_with(struct frame *frame, struct body *body, int api, int version)
{
	switch (api) {
	case API_METADATA:
		answer_metadata(frame, body, version);
		break;
	case API_FIND_COORDINATOR:
		answer_coordinator(frame, version);
		break;
	case API_INIT_PRODUCER_ID:
		answer_producer_id(frame);
		break;
	case API_ADD_PARTITIONS_TO_TXN:
		answer_add_partitions(frame, body);
		break;
	case API_END_TXN:
		answer_end_txn(frame, version);
		break;
	case API_SASL_HANDSHAKE:
		answer_sasl_handshake(frame);
		break;
	case API_SASL_AUTHENTICATE:
		answer_sasl_authenticate(frame, version);
		break;
	}
}

static void serve_token(struct connection *connection)
{
	struct frame frame = {0};
	put_number(&frame, 4, 0);
	connection->tokens = false;
	connection_answer(connection, &frame, API_SASL_HANDSHAKE);
}

static void count(struct connection *connection, int api)
{
	if (api >= 0 && api < APIS)
		connection->requests[api]++;
	else
		connection->other_requests++;
}

/*
 * There are no consumers here, but librdkafka writes record batches of magic
 * 2 only to a broker that lists Fetch v4, and kafka-python reads the broker's
 * age from it.
 */
static bool hangs_up_on(int api, int version)
{
	const struct served *row = find(api);
	return !row || api == API_FETCH || (version > row->newest && api != API_VERSIONS);
}

bool request_serve(struct connection *connection, struct body *body)
{
	if (connection->tokens) {
		serve_token(connection);
		return true;
	}
	int api = (int)read_number(body, 2);
	int version = (int)read_number(body, 2);
	int32_t correlation = (int32_t)read_number(body, 4);
	const struct served *row = find(api);
	read_text(body); /* the client id is never compact */
	if (body->bad || hangs_up_on(api, version))
		return false;
	count(connection, api);
	body->flexible = version >= row->flexible;
	read_tags(body);
	if (api == API_PRODUCE)
		return produce_serve(connection, body, version, correlation);
	struct frame frame = {.flexible = body->flexible};
	put_number(&frame, 4, 0);
	put_number(&frame, 4, correlation);
	if (api == API_VERSIONS) {
		answer_versions(&frame, version, version <= row->newest);
	} else {
		put_tags(&frame);
		answer_with(&frame, body, api, version);
	}
	connection->tokens = api == API_SASL_HANDSHAKE && version == 0;
	if (body->bad) {
		free(frame.at);
		return false;
	}
	connection_answer(connection, &frame, (enum api)api);
	return true;
}
