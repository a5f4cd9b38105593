/* SPDX-License-Identifier: Apache-2.0 */
/*
 * patience.c - see patience.h.
 */
#include "prove/patience.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MS_NS INT64_C(1000000)

/* To add another setting: a row. 0, -1 and values that are no number mean "no limit" for all.
 */
static const char *const bounds[] = {
	"message.timeout.ms", /* librdkafka */
	"request.timeout.ms", /* and Java */
	"socket.timeout.ms",
	"transaction.timeout.ms", /* and Java */
	"connections.max.idle.ms",
	"delivery.timeout.ms", /* Java */
	"max.block.ms",
	"request_timeout_ms", /* kafka-python, aiokafka */
	"delivery_timeout_ms",
	"transaction_timeout_ms",
	"max_block_ms",
	"connections_max_idle_ms",
};

static bool is_bound(const char *key, size_t bytes)
{
	for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++)
		if (strlen(bounds[i]) == bytes && memcmp(bounds[i], key, bytes) == 0)
			return true;
	return false;
}

int64_t patience_ns(const char *settings, int64_t most_ns)
{
	int64_t least_ns = most_ns;

	for (const char *line = settings; line && *line; line += strspn(line, "\n")) {
		size_t length = strcspn(line, "\n"), key = strcspn(line, "=\n");
		char *end;
		double ms = key < length ? strtod(line + key + 1, &end) : 0;

		if (ms > 0 && ms < 1e12 && is_bound(line, key) &&
		    (int64_t)(ms * 0.5 * (double)MS_NS) < least_ns)
			least_ns = (int64_t)(ms * 0.5 * (double)MS_NS);
		line += length;
	}
	return least_ns < MS_NS ? MS_NS : least_ns;
}
