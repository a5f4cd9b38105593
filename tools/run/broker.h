/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_RUN_BROKER_H
#define UNFLUSHED_RUN_BROKER_H

#include <stdbool.h>
#include <stddef.h>

struct broker;

struct broker_options {
	long brokers;
	long partitions;	   /* of each topic in `topics` that names no number */
	long rtt_ms;		   /* added to each answer */
	const char *const *errors; /* each "API=ERROR[:COUNT][,...]" */
	size_t error_count;
	const char *const *topics; /* each "NAME[:PARTITIONS]" */
	size_t topic_count;
	bool down;
	/* Called once, on a thread of the broker, when it is known that it cannot serve a
	 * client, with a sentence without its full stop. May be NULL. */
	void (*tell)(const char *words);
};

/* clang-format off */
#define BROKER_DEFAULTS { .brokers = 1, .partitions = 4 }
/* clang-format on */

#define BROKER_PARTITIONS_MOST 1000
#define BROKER_RTT_MOST_MS 600000

/* Whether the topics and errors are well-formed. If not, `why` has a sentence. */
bool broker_check(const struct broker_options *options, char *why, size_t why_bytes);

/*
 * Starts threads (all signals blocked in them) and opens sockets on
 * 127.0.0.1: a caller that forks a host does it before, so that the host
 * inherits neither. NULL with a sentence in `why`.
 */
struct broker *broker_start(const struct broker_options *options, char *why, size_t why_bytes);

/* "127.0.0.1:PORT[,127.0.0.1:PORT...]", valid until broker_stop(). */
const char *broker_bootstrap(const struct broker *broker);

/* Closes all connections and ends its threads: nothing more is learned of its clients. */
void broker_end(struct broker *broker);

/* The same sentence, copied; false: there is none. */
bool broker_unserved(struct broker *broker, char *words, size_t words_bytes);
void broker_stop(struct broker *broker);

#endif
