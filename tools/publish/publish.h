/* SPDX-License-Identifier: Apache-2.0 */
/*
 * publish.h - publishes the summaries of a run's processes as messages in a
 * Kafka topic.
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
	rd_kafka_conf_t *conf; /* with its brokers; publish_begin() takes ownership */
	const char *topic;
	/* Called from time to time with the number that were delivered or failed; may be
	 * NULL. */
	void (*told)(size_t done, size_t all);
	int wait_ms; /* the longest that a message may take after it was produced */

	/* The results. */
	size_t processes;	     /* to publish */
	size_t delivered;	     /* of these, delivered to the brokers */
	char why[PUBLISH_WHY_BYTES]; /* the first error; "": none */

	/* Used only by publish.c. */
	rd_kafka_t *producer;
	char trouble[PUBLISH_WHY_BYTES]; /* the last error of a broker from the client */
};

/* False: `why` has a clause, and publish_end() must not be called. Settings that publishing
 * depends on (acks=all, idempotence) override the caller's. */
bool publish_begin(struct publish *publish);

/* Produces a message for each process, and waits while the client's queue is full. */
void publish_run(struct publish *publish, struct run *run);

/* Waits until each message is delivered or has failed, which takes at most wait_ms. */
void publish_end(struct publish *publish);

#endif
