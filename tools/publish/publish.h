/* SPDX-License-Identifier: Apache-2.0 */
/*
 * publish.h - the summaries of a run's processes, as messages in a Kafka topic.
 *
 *	struct publish publish = {.conf = conf, .topic = "unflushed", .wait_ms = 30000};
 *
 *	if (!publish_begin(&publish))
 *		return complain(publish.why);
 *	publish_run(&publish, run);
 *	publish_end(&publish);
 *	... publish.delivered of publish.processes are there; if not all, publish.why ...
 */
#ifndef UNFLUSHED_PUBLISH_H
#define UNFLUSHED_PUBLISH_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stddef.h>

#include "model/model.h"

#define PUBLISH_WHY_BYTES 600

struct publish {
	/* Set by the caller. */
	rd_kafka_conf_t *conf; /* with its brokers; publish_begin() takes it over */
	const char *topic;
	/* Called from time to time with how many have been delivered or failed; may be NULL. */
	void (*told)(size_t done, size_t all);
	int wait_ms; /* at most, for a message from when it is produced */

	/* The results. */
	size_t processes;	     /* that were to be published */
	size_t delivered;	     /* of them: the brokers have them */
	char why[PUBLISH_WHY_BYTES]; /* the first thing that went wrong; "" nothing did */

	/* publish.c's own. */
	rd_kafka_t *producer;
	char trouble[PUBLISH_WHY_BYTES]; /* the last that the client has told of brokers */
};

/* False: `why` has a clause, and publish_end() is not to be called. Settings that publishing
 * depends on (acks=all, idempotence) override the caller's. */
bool publish_begin(struct publish *publish);

/* Produces a message for each process, and waits while the client's queue is full. */
void publish_run(struct publish *publish, struct run *run);

/* Waits until each message is delivered or has failed: that is bounded by wait_ms. */
void publish_end(struct publish *publish);

#endif
