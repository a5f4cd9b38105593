/* SPDX-License-Identifier: Apache-2.0 */
/*
 * broker_options.c - see broker_options.h.
 */
#include "cli/broker_options.h"

bool broker_given_any(const struct broker_given *given)
{
	static const struct broker_options defaults = BROKER_DEFAULTS;
	const struct broker_options *options = &given->options;

	return options->brokers != defaults.brokers ||
	       options->partitions != defaults.partitions ||
	       options->rtt_ms != defaults.rtt_ms || given->errors.count > 0 ||
	       given->topics.count > 0 || options->down;
}

bool broker_given_check(struct broker_given *given, char *why, size_t why_bytes)
{
	given->options.errors = given->errors.items;
	given->options.error_count = given->errors.count;
	given->options.topics = given->topics.items;
	given->options.topic_count = given->topics.count;
	return broker_check(&given->options, why, why_bytes);
}
