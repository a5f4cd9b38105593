/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNFLUSHED_BROKER_H
#define UNFLUSHED_BROKER_H

#include <stdbool.h>
#include <stddef.h>

#include "options/options.h"

struct broker;

struct broker_options {
	long brokers;
	long partitions;	   /* of each topic in `topics` that names no number */
	long rtt_ms;		   /* added to each answer */
	struct option_list errors; /* each "API=ERROR[:COUNT][,...]" */
	struct option_list topics; /* each "NAME[:PARTITIONS]" */
	bool down;
};

#define BROKER_PARTITIONS_MOST 1000
#define BROKER_RTT_MOST_MS 600000

/* Aligned by hand. */
/* clang-format off */
#define BROKER_DEFAULTS { .brokers = 1, .partitions = 4 }

/* Rows for a command's option table; `prefix` is "" or "broker-". */
#define BROKER_OPTION_ROWS(prefix, options)                                                     \
	{ prefix "brokers", 0, OPTION_NUMBER, "N", "brokers in the cluster (1)",                \
	  &(options).brokers, .least = 1, .most = 100 },                                        \
	{ prefix "topic", 0, OPTION_LIST, "NAME[:N]",                                           \
	  "make this topic beforehand, with N partitions; may be\n"                             \
	  "repeated (a topic that a client asks for is made then,\n"                            \
	  "with 4 partitions)", .into = &(options).topics },                                    \
	{ prefix "partitions", 0, OPTION_NUMBER, "N",                                           \
	  "partitions of each --" prefix "topic without a number (4)",                          \
	  &(options).partitions, .least = 1, .most = BROKER_PARTITIONS_MOST },                  \
	{ prefix "rtt", 0, OPTION_NUMBER, "MS", "delay every answer by so many milliseconds",   \
	  &(options).rtt_ms, .least = 0, .most = BROKER_RTT_MOST_MS },                          \
	{ prefix "errors", 0, OPTION_LIST, "API=ERROR[:COUNT]",                                 \
	  "answer the next COUNT (1) requests with this error, e.g.\n"                          \
	  "Produce=NOT_LEADER_FOR_PARTITION:5; _TRANSPORT drops the\n"                          \
	  "connection; split by commas or repeated", .into = &(options).errors },               \
	{ prefix "down", 0, OPTION_FLAG, NULL, "accept no connection at all",                   \
	  .into = &(options).down }
/* clang-format on */

/* Are the topics and errors well-formed? If not, `why` holds a sentence. */
bool broker_check(const struct broker_options *options, char *why, size_t why_bytes);

/*
 * Starts threads (all signals blocked in them) and opens sockets on
 * 127.0.0.1: whoever forks a host does it before, so that the host inherits
 * neither. NULL with a sentence in `why`.
 */
struct broker *broker_start(const struct broker_options *options, char *why, size_t why_bytes);

/* "127.0.0.1:PORT[,127.0.0.1:PORT...]", valid until broker_stop(). */
const char *broker_bootstrap(const struct broker *broker);
void broker_stop(struct broker *broker);

#endif
