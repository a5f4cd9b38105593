/* SPDX-License-Identifier: Apache-2.0 */
/*
 * broker_options.c - see broker_options.h.
 */
#include "cli/broker_options.h"

bool broker_given_check(struct broker_given *given, char *why, size_t why_bytes)
{
	given->options.errors = given->errors.items;
	given->options.error_count = given->errors.count;
	given->options.topics = given->topics.items;
	given->options.topic_count = given->topics.count;
	return broker_check(&given->options, why, why_bytes);
}
