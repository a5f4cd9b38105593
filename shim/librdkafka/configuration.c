/* SPDX-License-Identifier: Apache-2.0 */
/*
 * configuration.c - see configuration.h.
 */
#include "librdkafka/configuration.h"

#include <string.h>

#include "trace/map.h"
#include "trace/writer.h"

bool configuration_text(const struct copy *copy, const rd_kafka_conf_t *conf, const char *name,
			char *text, size_t room)
{
	size_t bytes = room;

	return USE(copy, rd_kafka_conf_get)(conf, name, text, &bytes) == RD_KAFKA_CONF_OK &&
	       bytes <= room && text[0];
}

static bool conf_is(const struct copy *copy, const rd_kafka_conf_t *conf, const char *name,
		    const char *value)
{
	char text[64];

	return configuration_text(copy, conf, name, text, sizeof text) &&
	       strcmp(text, value) == 0;
}

/* Also for a topic property: if `conf` has no default topic configuration, the value is the
 * default of this version of librdkafka. */
static bool property_text(const struct copy *copy, const rd_kafka_conf_t *conf,
			  const char *name, char *text, size_t room)
{
	size_t bytes = room;

	if (configuration_text(copy, conf, name, text, room))
		return true;
	rd_kafka_topic_conf_t *defaults = USE(copy, rd_kafka_topic_conf_new)();
	bool known = USE(copy, rd_kafka_topic_conf_get)(defaults, name, text, &bytes) ==
			     RD_KAFKA_CONF_OK &&
		     bytes <= room && text[0];

	USE(copy, rd_kafka_topic_conf_destroy)(defaults);
	return known;
}

static int32_t acks_read(const struct copy *copy, const rd_kafka_conf_t *conf)
{
	char text[16];

	if (!property_text(copy, conf, "acks", text, sizeof text))
		return TRACE_UNKNOWN;
	if (strcmp(text, "all") == 0 || strcmp(text, "-1") == 0)
		return -1;
	return text[0] >= '0' && text[0] <= '9' ? text[0] - '0' : TRACE_UNKNOWN;
}

/* RD_KAFKA_EVENT_DR is the lowest bit of enabled_events. */
static bool reports_as_events(const struct copy *copy, const rd_kafka_conf_t *conf)
{
	char text[16];

	if (!configuration_text(copy, conf, "enabled_events", text, sizeof text))
		return false;
	return (text[strlen(text) - 1] - '0') & 1;
}

void configuration_flags(struct handle *handle, const rd_kafka_conf_t *conf)
{
	const struct copy *copy = handle->copy;
	char text[256];

	if (configuration_text(copy, conf, "transactional.id", text, sizeof text))
		handle->flags |= PRODUCER_TRANSACTIONAL;
	if (conf_is(copy, conf, "enable.idempotence", "true"))
		handle->flags |= PRODUCER_IDEMPOTENT;
	if (conf_is(copy, conf, "delivery.report.only.error", "true"))
		handle->flags |= PRODUCER_REPORTS_ERRORS;
	if (reports_as_events(copy, conf))
		handle->flags |= PRODUCER_REPORTS | PRODUCER_REPORTS_EVENTS;
	handle->acks = acks_read(copy, conf);
}

/* Settings that explain an outcome; none of them is a secret. */
static const char *const configuration_keys[] = {
	"bootstrap.servers",
	"acks",
	"linger.ms",
	"batch.num.messages",
	"batch.size",
	"queue.buffering.max.messages",
	"queue.buffering.max.kbytes",
	"message.max.bytes",
	"message.timeout.ms",
	"request.timeout.ms",
	"socket.timeout.ms",
	"retries",
	"retry.backoff.ms",
	"max.in.flight.requests.per.connection",
	"enable.idempotence",
	"transactional.id",
	"compression.codec",
	"socket.send.buffer.bytes",
	"socket.nagle.disable",
	"security.protocol",
	"delivery.report.only.error",
};

/* Adds a text, or uses the equal one that an earlier producer has in that column: a process
 * that makes producers all day must not fill the section of strings. */
trace_string configuration_string_once(const char *text, size_t bytes, size_t column)
{
	for (uint32_t i = 0; i < GUEST_PRODUCERS; i++) {
		trace_string there;
		size_t there_bytes;

		memcpy(&there, (const char *)&trace->producers[i] + column, sizeof there);
		if (!there)
			continue;
		const char *known = writer_string_text(there, &there_bytes);

		if (there_bytes == bytes && memcmp(known, text, bytes) == 0)
			return there;
	}
	return writer_string(text, bytes);
}

trace_string configuration_write(const struct copy *copy, const rd_kafka_conf_t *conf)
{
	char lines[2048];
	size_t at = 0;

	for (size_t i = 0; i < sizeof configuration_keys / sizeof *configuration_keys; i++) {
		const char *key = configuration_keys[i];
		size_t key_bytes = strlen(key);
		char value[256];

		if (!property_text(copy, conf, key, value, sizeof value) ||
		    at + key_bytes + strlen(value) + 2 > sizeof lines)
			continue;
		memcpy(lines + at, key, key_bytes);
		at += key_bytes;
		lines[at++] = '=';
		memcpy(lines + at, value, strlen(value));
		at += strlen(value);
		lines[at++] = '\n';
	}
	return configuration_string_once(lines, at,
					 offsetof(struct trace_producer, configuration));
}
