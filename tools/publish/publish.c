/* SPDX-License-Identifier: Apache-2.0 */
/*
 * publish.c - see publish.h.
 */
#include "publish/publish.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/jsonl.h"

#define KEY_BYTES 96
#define POLL_MS 100

/* ---- what the client reports ---- */

static void why_note(struct publish *publish, const char *words)
{
	if (!publish->why[0])
		snprintf(publish->why, sizeof publish->why, "%s", words);
}

/* A broker that cannot be reached is not the end: the message's own timeout is. */
static void told_trouble(rd_kafka_t *producer, int error, const char *words, void *to)
{
	struct publish *publish = to;

	(void)producer;
	/* "All brokers are down" is reported in addition to the reason of each, before or
	 * after it. */
	if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN && publish->trouble[0])
		return;
	snprintf(publish->trouble, sizeof publish->trouble, "%s", words);
}

static void told_report(rd_kafka_t *producer, const rd_kafka_message_t *message, void *to)
{
	struct publish *publish = to;
	char words[PUBLISH_WHY_BYTES];

	(void)producer;
	if (!message->err) {
		publish->delivered++;
		return;
	}
	snprintf(words, sizeof words, "%s%s%.400s", rd_kafka_err2str(message->err),
		 publish->trouble[0] ? ": " : "", publish->trouble);
	why_note(publish, words);
}

static void told_log(const rd_kafka_t *producer, int level, const char *facility,
		     const char *words)
{
	(void)producer, (void)level, (void)facility, (void)words; /* told_trouble() has it */
}

/* ---- the producer ---- */

static bool set(struct publish *publish, const char *name, const char *value)
{
	char words[300];

	if (rd_kafka_conf_set(publish->conf, name, value, words, sizeof words) ==
	    RD_KAFKA_CONF_OK)
		return true;
	why_note(publish, words);
	return false;
}

static bool conf_finish(struct publish *publish)
{
	char wait_ms[16];

	snprintf(wait_ms, sizeof wait_ms, "%d", publish->wait_ms);
	rd_kafka_conf_set_opaque(publish->conf, publish);
	rd_kafka_conf_set_dr_msg_cb(publish->conf, told_report);
	rd_kafka_conf_set_error_cb(publish->conf, told_trouble);
	rd_kafka_conf_set_log_cb(publish->conf, told_log);
	return set(publish, "acks", "all") && set(publish, "enable.idempotence", "true") &&
	       set(publish, "delivery.timeout.ms", wait_ms);
}

bool publish_begin(struct publish *publish)
{
	char words[300];

	if (conf_finish(publish)) {
		publish->producer =
			rd_kafka_new(RD_KAFKA_PRODUCER, publish->conf, words, sizeof words);
		if (publish->producer)
			return true;
		why_note(publish, words);
	}
	rd_kafka_conf_destroy(publish->conf);
	return false;
}

/* ---- a process ---- */

/* Writes the key of a process, which no other process has: its pid, and when it started, by
 * the clock of its kernel and by CLOCK_REALTIME. "": a program that left no trace. */
static void key_write(char key[KEY_BYTES], const struct process *process)
{
	key[0] = '\0';
	if (process->start_ticks)
		snprintf(key, KEY_BYTES, "%" PRId64 "-%" PRIu64 "-%" PRId64,
			 (int64_t)process->pid, process->start_ticks,
			 process->start_realtime_ns);
}

static rd_kafka_resp_err_t produce(struct publish *publish, const char *key, char *value)
{
	const char *given = *key ? key : NULL; /* the macros cast what begins an expression */

	return rd_kafka_producev(publish->producer, RD_KAFKA_V_TOPIC(publish->topic),
				 RD_KAFKA_V_KEY(given, strlen(key)),
				 RD_KAFKA_V_VALUE(value, strlen(value)),
				 RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
}

static void process_publish(struct publish *publish, struct run *run,
			    const struct process *process)
{
	json_t *line = jsonl_process(run, process);
	char *value = json_dumps(line, JSONL_FLAGS);
	char key[KEY_BYTES], words[PUBLISH_WHY_BYTES];
	rd_kafka_resp_err_t error;

	key_write(key, process);
	/* Messages leave the queue when they are delivered or time out, so this loop ends. */
	while ((error = produce(publish, key, value)) == RD_KAFKA_RESP_ERR__QUEUE_FULL)
		rd_kafka_poll(publish->producer, POLL_MS);
	rd_kafka_poll(publish->producer, 0);
	if (error) {
		snprintf(words, sizeof words,
			 "the summary of process %" PRId64 " (%zu bytes): %s",
			 (int64_t)process->pid, strlen(value), rd_kafka_err2str(error));
		why_note(publish, words);
	}
	free(value);
	json_decref(line);
}

void publish_run(struct publish *publish, struct run *run)
{
	for (size_t i = 0; i < run->process_count; i++) {
		publish->processes++;
		process_publish(publish, run, &run->processes[i]);
	}
}

void publish_end(struct publish *publish)
{
	/* Each message has a timeout, so all of them are delivered or fail in that time. */
	for (size_t left; (left = (size_t)rd_kafka_outq_len(publish->producer)) > 0;) {
		if (publish->told && left <= publish->processes)
			publish->told(publish->processes - left, publish->processes);
		rd_kafka_flush(publish->producer, POLL_MS);
	}
	rd_kafka_destroy(publish->producer);
	publish->producer = NULL;
}
