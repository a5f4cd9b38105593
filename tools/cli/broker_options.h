/* SPDX-License-Identifier: Apache-2.0 */
/*
 * broker_options.h - the embedded broker's options, as rows for `broker` and `run`.
 */
#ifndef UNFLUSHED_CLI_BROKER_OPTIONS_H
#define UNFLUSHED_CLI_BROKER_OPTIONS_H

#include "options/options.h"
#include "run/broker.h"

/* Where the rows put what they parse. */
struct broker_given {
	struct broker_options options; /* without its lists, which follow */
	struct option_list errors, topics;
	bool any; /* one of the options was given, even with its default value */
};

/* Aligned by hand. */
/* clang-format off */
/* Rows for a command's option table; `prefix` is "" or "broker-". */
#define BROKER_OPTION_ROWS(prefix, came)                                                        \
	{ prefix "brokers", 0, OPTION_NUMBER, "N", "brokers in the cluster (1)",                \
	  &(came).options.brokers, .least = 1, .most = 100, .given = &(came).any },             \
	{ prefix "topic", 0, OPTION_LIST, "NAME[:N]",                                           \
	  "make this topic beforehand, with N partitions; may be\n"                             \
	  "repeated (a topic that a client asks for is made then,\n"                            \
	  "with 4 partitions)", .into = &(came).topics, .given = &(came).any },                 \
	{ prefix "partitions", 0, OPTION_NUMBER, "N",                                           \
	  "partitions of each --" prefix "topic without a number (4)",                          \
	  &(came).options.partitions, .least = 1, .most = BROKER_PARTITIONS_MOST,               \
	  .given = &(came).any },                                                               \
	{ prefix "rtt", 0, OPTION_NUMBER, "MS", "delay every answer by so many milliseconds",   \
	  &(came).options.rtt_ms, .least = 0, .most = BROKER_RTT_MOST_MS,                       \
	  .given = &(came).any },                                                               \
	{ prefix "errors", 0, OPTION_LIST, "API=ERROR[:COUNT]",                                 \
	  "answer the next COUNT (1) requests with this error, e.g.\n"                          \
	  "Produce=NOT_LEADER_FOR_PARTITION:5; _TRANSPORT drops the\n"                          \
	  "connection; split by commas or repeated", .into = &(came).errors,                    \
	  .given = &(came).any },                                                               \
	{ prefix "down", 0, OPTION_FLAG, NULL, "accept no connection at all",                   \
	  .into = &(came).options.down, .given = &(came).any }
/* clang-format on */

/* Completes given->options. False, with a sentence in `why`: a list has a malformed item. */
bool broker_given_check(struct broker_given *given, char *why, size_t why_bytes);

#endif
