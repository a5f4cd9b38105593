/* SPDX-License-Identifier: Apache-2.0 */
/*
 * broker.c - an embedded Kafka cluster: librdkafka's mock, with options
 *
 * Enough of Kafka for a producer, a consumer and transactions; each partition
 * keeps its last 5 MiB or 100,000 batches, and is lost when the process ends. It
 * also answers acks=0 requests, which a real broker must not. Never prints.
 */
#include "run/broker.h"

#include <errno.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "run/unserved.h"

#define NAME_MAX_BYTES 256
#define ERRORS_MOST 100000

struct broker {
	rd_kafka_t *handle;
	rd_kafka_mock_cluster_t *cluster;
	pthread_mutex_t lock; /* of the fields below: each broker of the mock logs */
	struct unserved unserved;
	bool stops;
	pthread_cond_t stopping;
	pthread_t watch; /* checks for clients that wait, while `watches` */
	bool watches;
	int64_t rtt_ns;
	void (*tell)(const char *words);
};

/* The requests that the mock knows, by the protocol's own names. */
static const struct {
	const char *name;
	int16_t key;
} apis[] = {
	{"Produce", 0},		 {"Fetch", 1},
	{"ListOffsets", 2},	 {"Metadata", 3},
	{"OffsetCommit", 8},	 {"OffsetFetch", 9},
	{"FindCoordinator", 10}, {"JoinGroup", 11},
	{"Heartbeat", 12},	 {"LeaveGroup", 13},
	{"SyncGroup", 14},	 {"ApiVersions", 18},
	{"InitProducerId", 22},	 {"AddPartitionsToTxn", 24},
	{"AddOffsetsToTxn", 25}, {"EndTxn", 26},
	{"TxnOffsetCommit", 28},
};

struct error_spec {
	int16_t api;
	rd_kafka_resp_err_t error;
	size_t count;
};

static bool api_find(const char *name, int16_t *key)
{
	for (size_t i = 0; i < sizeof(apis) / sizeof(apis[0]); i++) {
		if (strcmp(apis[i].name, name) == 0) {
			*key = apis[i].key;
			return true;
		}
	}
	return false;
}

static bool error_find(const char *name, rd_kafka_resp_err_t *error)
{
	const struct rd_kafka_err_desc *descriptions;
	size_t count;

	rd_kafka_get_err_descs(&descriptions, &count);
	for (size_t i = 0; i < count; i++) {
		if (descriptions[i].name && strcmp(descriptions[i].name, name) == 0) {
			*error = descriptions[i].code;
			return true;
		}
	}
	return false;
}

/* A whole decimal number between 1 and `most`. */
static bool number_read(const char *text, long most, long *out)
{
	char *end;

	errno = 0;
	*out = strtol(text, &end, 10);
	return errno == 0 && end != text && *end == '\0' && *out >= 1 && *out <= most;
}

/* Parses "API=ERROR[:COUNT]". */
static bool error_read(const char *text, struct error_spec *spec, char *why, size_t why_bytes)
{
	char word[NAME_MAX_BYTES];
	long count = 1;

	snprintf(word, sizeof(word), "%s", text);
	char *error = strchr(word, '=');
	if (!error) {
		snprintf(why, why_bytes, "'%s' is not API=ERROR[:COUNT]", text);
		return false;
	}
	*error++ = '\0';
	char *times = strchr(error, ':');
	if (times)
		*times++ = '\0';
	if (!api_find(word, &spec->api))
		snprintf(why, why_bytes, "'%s' is no request that the broker knows", word);
	else if (!error_find(error, &spec->error))
		snprintf(why, why_bytes, "'%s' is no error of Kafka or librdkafka", error);
	else if (times && !number_read(times, ERRORS_MOST, &count))
		snprintf(why, why_bytes, "'%s' is not a count from 1 to %d", times,
			 ERRORS_MOST);
	else {
		spec->count = (size_t)count;
		return true;
	}
	return false;
}

static bool topic_read(const char *text, long partitions, char *name, long *count, char *why,
		       size_t why_bytes)
{
	size_t length = strcspn(text, ":");

	*count = partitions;
	if (length == 0 || length >= NAME_MAX_BYTES) {
		snprintf(why, why_bytes, "'%s' is not a topic's name", text);
		return false;
	}
	snprintf(name, NAME_MAX_BYTES, "%.*s", (int)length, text);
	if (text[length] && !number_read(text + length + 1, BROKER_PARTITIONS_MOST, count)) {
		snprintf(why, why_bytes, "'%s': partitions must be 1 to %d", text,
			 BROKER_PARTITIONS_MOST);
		return false;
	}
	return true;
}

static bool error_push(rd_kafka_mock_cluster_t *cluster, const struct error_spec *spec)
{
	rd_kafka_resp_err_t *errors = calloc(spec->count, sizeof(*errors));

	if (!errors)
		return false;
	for (size_t i = 0; i < spec->count; i++)
		errors[i] = spec->error;
	rd_kafka_mock_push_request_errors_array(cluster, spec->api, spec->count, errors);
	free(errors);
	return true;
}

/* Parses every error, and adds it to the cluster, if that is not NULL. */
static bool errors_apply(const struct broker_options *options, rd_kafka_mock_cluster_t *cluster,
			 char *why, size_t why_bytes)
{
	for (size_t i = 0; i < options->error_count; i++) {
		char *list = strdup(options->errors[i]);
		bool good = list != NULL;
		char *rest, *word;

		for (word = good ? strtok_r(list, ",", &rest) : NULL; good && word;
		     word = strtok_r(NULL, ",", &rest)) {
			struct error_spec spec;

			good = error_read(word, &spec, why, why_bytes) &&
			       (!cluster || error_push(cluster, &spec));
		}
		free(list);
		if (!good)
			return false;
	}
	return true;
}

static bool topics_apply(const struct broker_options *options, rd_kafka_mock_cluster_t *cluster,
			 char *why, size_t why_bytes)
{
	for (size_t i = 0; i < options->topic_count; i++) {
		char name[NAME_MAX_BYTES];
		long count;

		if (!topic_read(options->topics[i], options->partitions, name, &count, why,
				why_bytes))
			return false;
		rd_kafka_resp_err_t error =
			cluster ? rd_kafka_mock_topic_create(cluster, name, (int)count, 1)
				: RD_KAFKA_RESP_ERR_NO_ERROR;
		if (error) {
			snprintf(why, why_bytes, "cannot make the topic '%s': %s", name,
				 rd_kafka_err2str(error));
			return false;
		}
	}
	return true;
}

bool broker_check(const struct broker_options *options, char *why, size_t why_bytes)
{
	return errors_apply(options, NULL, why, why_bytes) &&
	       topics_apply(options, NULL, why, why_bytes);
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void log_read(const rd_kafka_t *handle, int level, const char *facility,
		     const char *line)
{
	struct broker *broker = rd_kafka_opaque(handle);

	(void)level;
	if (!broker || strcmp(facility, "MOCK") != 0)
		return;
	pthread_mutex_lock(&broker->lock);
	bool known = unserved_note(&broker->unserved, line, now_ns(), broker->rtt_ns);
	pthread_mutex_unlock(&broker->lock);
	if (known && broker->tell)
		broker->tell(broker->unserved.words);
}

/* Detects clients that only wait, of which nothing is logged. */
static void *watch_run(void *argument)
{
	struct broker *broker = argument;
	bool known = false;

	pthread_mutex_lock(&broker->lock);
	while (!broker->stops && !known) {
		struct timespec next;

		clock_gettime(CLOCK_MONOTONIC, &next);
		next.tv_sec++;
		pthread_cond_timedwait(&broker->stopping, &broker->lock, &next);
		known = !broker->stops &&
			unserved_idle(&broker->unserved, now_ns(), broker->rtt_ns);
	}
	pthread_mutex_unlock(&broker->lock);
	if (known && broker->tell)
		broker->tell(broker->unserved.words);
	return NULL;
}

static void watch_start(struct broker *broker)
{
	pthread_condattr_t attributes;

	pthread_mutex_init(&broker->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&broker->stopping, &attributes);
	pthread_condattr_destroy(&attributes);
	broker->watches = pthread_create(&broker->watch, NULL, watch_run, broker) == 0;
}

static void watch_stop(struct broker *broker)
{
	pthread_mutex_lock(&broker->lock);
	broker->stops = true;
	pthread_cond_signal(&broker->stopping);
	pthread_mutex_unlock(&broker->lock);
	if (broker->watches)
		pthread_join(broker->watch, NULL);
}

/* The rd_kafka_t that the mock cluster needs: it makes no connection. Its log is read, since
 * the mock has no other way to tell which requests it gets. */
static rd_kafka_t *handle_new(struct broker *broker, char *why, size_t why_bytes)
{
	rd_kafka_conf_t *configuration = rd_kafka_conf_new();
	rd_kafka_t *handle;

	rd_kafka_conf_set_opaque(configuration, broker);
	rd_kafka_conf_set_log_cb(configuration, log_read);
	rd_kafka_conf_set(configuration, "debug", "mock", NULL, 0);
	handle = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, why, why_bytes);
	if (!handle)
		rd_kafka_conf_destroy(configuration);
	return handle;
}

static bool cluster_make(struct broker *broker, const struct broker_options *options, char *why,
			 size_t why_bytes)
{
	broker->cluster = rd_kafka_mock_cluster_new(broker->handle, (int)options->brokers);
	if (!broker->cluster) {
		snprintf(why, why_bytes, "librdkafka could not make its mock cluster");
		return false;
	}
	if (!topics_apply(options, broker->cluster, why, why_bytes) ||
	    !errors_apply(options, broker->cluster, why, why_bytes))
		return false;
	if (options->rtt_ms > 0)
		rd_kafka_mock_broker_set_rtt(broker->cluster, -1, (int)options->rtt_ms);
	if (options->down)
		rd_kafka_mock_broker_set_down(broker->cluster, -1);
	return true;
}

struct broker *broker_start(const struct broker_options *options, char *why, size_t why_bytes)
{
	struct broker *broker = calloc(1, sizeof(*broker));

	snprintf(why, why_bytes, "out of memory");
	if (!broker)
		return NULL;
	broker->rtt_ns = (int64_t)options->rtt_ms * 1000000;
	broker->tell = options->tell;
	watch_start(broker);
	broker->handle = handle_new(broker, why, why_bytes);
	if (broker->handle && cluster_make(broker, options, why, why_bytes))
		return broker;
	broker_stop(broker);
	return NULL;
}

bool broker_unserved(struct broker *broker, char *words, size_t words_bytes)
{
	pthread_mutex_lock(&broker->lock);
	snprintf(words, words_bytes, "%s", broker->unserved.words);
	pthread_mutex_unlock(&broker->lock);
	return words[0] != '\0';
}

const char *broker_bootstrap(const struct broker *broker)
{
	return rd_kafka_mock_cluster_bootstraps(broker->cluster);
}

void broker_end(struct broker *broker)
{
	if (broker->cluster)
		rd_kafka_mock_cluster_destroy(broker->cluster);
	broker->cluster = NULL;
}

void broker_stop(struct broker *broker)
{
	if (!broker)
		return;
	watch_stop(broker);
	broker_end(broker);
	if (broker->handle)
		rd_kafka_destroy(broker->handle);
	pthread_cond_destroy(&broker->stopping);
	pthread_mutex_destroy(&broker->lock);
	free(broker);
}
