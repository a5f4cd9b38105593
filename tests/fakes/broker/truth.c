/* SPDX-License-Identifier: Apache-2.0 */
/*
 * truth.c - what arrived: records per topic-partition, and the report.
 *
 * Verdicts are checked against this file's numbers, so only whole requests
 * whose every batch was walked are counted here.
 */
#include "broker.h"

struct partition {
	int64_t records;
	uint64_t bytes;
	uint64_t sets;
};

struct topic {
	struct topic *next;
	char *name;
	struct partition *partitions;
};

static struct topic *topics;
uint64_t truth_refused;
uint64_t truth_corrupt;
uint64_t truth_uncounted;

/* Made when first named, as a broker with auto.create.topics does. */
struct topic *truth_topic(struct text name)
{
	struct topic **place = &topics;
	for (; *place; place = &(*place)->next) {
		if (strlen((*place)->name) == name.length &&
		    memcmp((*place)->name, name.at, name.length) == 0)
			return *place;
	}
	struct topic *topic = calloc(1, sizeof(*topic));
	topic->name = strndup(name.at, name.length);
	topic->partitions = calloc((size_t)settings.partitions, sizeof(*topic->partitions));
	*place = topic;
	return topic;
}

const char *truth_topic_name(const struct topic *topic)
{
	return topic->name;
}

/* NULL is before the first. */
struct topic *truth_topics(const struct topic *after)
{
	return after ? after->next : topics;
}

/* The offset of the first of them. */
int64_t truth_count(struct topic *topic, int partition, int64_t records, uint64_t bytes)
{
	struct partition *row = &topic->partitions[partition];
	int64_t base = row->records;
	row->records += records;
	row->bytes += bytes;
	row->sets++;
	return base;
}

static void write_text(FILE *file, const char *text)
{
	fputc('"', file);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', file);
		if ((unsigned char)*text < 0x20)
			fprintf(file, "\\u%04x", *text);
		else
			fputc(*text, file);
	}
	fputc('"', file);
}

static void write_requests(FILE *file, const struct connection *connection)
{
	const char *comma = "";
	fprintf(file, "\"requests\": {");
	for (int api = 0; api < APIS; api++) {
		if (!connection->requests[api])
			continue;
		fprintf(file, "%s\"%s\": %lu", comma, request_api_name(api),
			connection->requests[api]);
		comma = ", ";
	}
	fprintf(file, "}, ");
}

/* The request whose end never came, its lengths with the length field. */
static void write_cut(FILE *file, const struct connection *connection)
{
	if (connection->frame_at == 0) {
		fprintf(file, "\"cut\": null");
		return;
	}
	int api =
		connection->frame_at >= 6 ? connection->head[4] << 8 | connection->head[5] : -1;
	fprintf(file, "\"cut\": {\"api\": ");
	if (api >= 0 && !connection->tokens)
		write_text(file, request_api_name(api));
	else
		fprintf(file, "null");
	if (connection->frame_bytes)
		fprintf(file, ", \"length\": %u", connection->frame_bytes);
	else
		fprintf(file, ", \"length\": null");
	fprintf(file, ", \"received\": %u}", connection->frame_at);
}

static void write_connection(FILE *file, const struct connection *connection)
{
	fprintf(file, "    {\"peer\": \"%s\", \"end\": \"%s\", \"received\": %lu, ",
		connection->peer, connection->end, connection->received);
	write_requests(file, connection);
	fprintf(file,
		"\"produce_requests\": %lu, \"produce_bytes\": %lu, \"records\": %lu, "
		"\"acks0_requests\": %lu, \"produce_answered\": %lu, ",
		connection->requests[API_PRODUCE], connection->produce_bytes,
		connection->records, connection->acks0, connection->answered);
	write_cut(file, connection);
	fprintf(file, "}");
}

static int64_t write_topics(FILE *file)
{
	int64_t total = 0;
	const char *comma = "\n";
	for (const struct topic *topic = topics; topic; topic = topic->next) {
		for (int i = 0; i < settings.partitions; i++) {
			const struct partition *row = &topic->partitions[i];
			if (!row->sets)
				continue;
			total += row->records;
			fprintf(file, "%s    {\"topic\": ", comma);
			write_text(file, topic->name);
			fprintf(file, ", \"partition\": %d, \"records\": %ld, \"bytes\": %lu}",
				i, row->records, row->bytes);
			comma = ",\n";
		}
	}
	return total;
}

/* Appears at once and whole: written beside, then renamed. */
bool truth_write(const char *path, const struct connection *connections)
{
	char beside[4096];
	if (snprintf(beside, sizeof(beside), "%s.part", path) >= (int)sizeof(beside))
		return false;
	FILE *file = fopen(beside, "w");
	if (!file)
		return false;
	fprintf(file, "{ \"port\": %d,\n  \"topics\": [", settings.port);
	int64_t records = write_topics(file);
	fprintf(file,
		"\n  ],\n  \"records\": %ld, \"refused_records\": %lu, \"corrupt_batches\": "
		"%lu, "
		"\"uncounted_sets\": %lu,\n  \"connections\": [",
		records, truth_refused, truth_corrupt, truth_uncounted);
	const char *comma = "\n";
	for (; connections; connections = connections->next) {
		fputs(comma, file);
		write_connection(file, connections);
		comma = ",\n";
	}
	fprintf(file, "\n  ] }\n");
	bool good = !ferror(file);
	return fclose(file) == 0 && good && rename(beside, path) == 0;
}
