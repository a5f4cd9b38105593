/* SPDX-License-Identifier: Apache-2.0 */
/*
 * configuration.c - which of a producer's settings a report shows.
 *
 * Some are always shown; the others if they differ from librdkafka's default,
 * or if a finding of the producer is about them. The JSON has all of them. The
 * defaults come from the librdkafka that the tool itself is linked with: if
 * another version's default differs, the setting is shown, which is correct,
 * too.
 */
#include "model/configuration.h"

#include <stdlib.h>
#include <string.h>

#include <librdkafka/rdkafka.h>

/* To show a setting always or because of a finding: add a row. */
static const struct {
	const char *key;
	bool always;
	const char *findings[4]; /* findings that are about it */
} shown[] = {
	{"acks", true, {NULL}},
	{"linger.ms", true, {NULL}},
	{"message.timeout.ms", true, {NULL}},
	{"retries", false, {"failed-unseen", "delivery-failed"}},
	{"request.timeout.ms", false, {"failed-unseen", "delivery-failed"}},
	{"enable.idempotence", false, {"failed-unseen", "open-transaction"}},
	{"delivery.report.only.error", false, {"poll-missing"}},
	{"message.max.bytes", false, {"rejected-not-retried"}},
	{"queue.buffering.max.messages",
	 false,
	 {"rejected-not-retried", "poll-missing", "queue-filling"}},
	{"queue.buffering.max.kbytes", false, {"rejected-not-retried", "queue-filling"}},
	{"socket.send.buffer.bytes", false, {"send-buffer-stall"}},
};

static const struct setting *setting_of(const struct producer *producer, const char *key)
{
	for (size_t i = 0; i < producer->setting_count; i++)
		if (!strcmp(producer->settings[i].key, key))
			return &producer->settings[i];
	return NULL;
}

int64_t configuration_number(const struct producer *producer, const char *key)
{
	const struct setting *setting = setting_of(producer, key);
	char *end = NULL;
	long long number = setting ? strtoll(setting->value, &end, 10) : 0;

	return end && end != setting->value && !*end ? number : UNKNOWN;
}

/* Made once: these calls take longer than everything else here. */
static rd_kafka_conf_t *defaults;
static rd_kafka_topic_conf_t *topic_defaults;

static bool is_default(const struct setting *setting)
{
	char value[512];
	size_t bytes = sizeof value;

	if (!defaults) {
		defaults = rd_kafka_conf_new();
		topic_defaults = rd_kafka_topic_conf_new();
	}
	if (rd_kafka_conf_get(defaults, setting->key, value, &bytes) != RD_KAFKA_CONF_OK) {
		bytes = sizeof value;
		if (rd_kafka_topic_conf_get(topic_defaults, setting->key, value, &bytes) !=
		    RD_KAFKA_CONF_OK)
			return false;
	}
	return !strcmp(value, setting->value);
}

void configuration_close(void)
{
	if (!defaults)
		return;
	rd_kafka_conf_destroy(defaults);
	rd_kafka_topic_conf_destroy(topic_defaults);
	defaults = NULL;
}

static bool has_finding(const struct process *process, const struct producer *producer,
			const char *id)
{
	for (size_t i = 0; i < process->finding_count; i++)
		if (process->findings[i].producer == producer - process->producers &&
		    !strcmp(process->findings[i].id, id))
			return true;
	return false;
}

static bool is_shown(const struct process *process, const struct producer *producer,
		     const struct setting *setting)
{
	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
		if (strcmp(shown[i].key, setting->key))
			continue;
		for (int j = 0; j < 4 && shown[i].findings[j]; j++)
			if (has_finding(process, producer, shown[i].findings[j]))
				return true;
		if (shown[i].always)
			return true;
	}
	return producer->client != CLIENT_LIBRDKAFKA || !is_default(setting);
}

static const char *acks_words(struct run *run, int64_t acks)
{
	return acks == UNKNOWN ? "acks unknown"
	       : acks == -1    ? "acks=all"
			       : model_format(run, "acks=%lld", (long long)acks);
}

const char *configuration_words(struct run *run, const struct process *process,
				const struct producer *producer)
{
	/* Shown as it took effect; and first, because the other settings depend on it. */
	const char *words = acks_words(run, producer->acks);

	for (size_t i = 0; i < producer->setting_count; i++) {
		const struct setting *setting = &producer->settings[i];

		if (strcmp(setting->key, "acks") && is_shown(process, producer, setting))
			words = model_format(run, "%s, %s=%s", words, setting->key,
					     setting->value);
	}
	return words;
}
