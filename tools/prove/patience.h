/* SPDX-License-Identifier: Apache-2.0 */
/*
 * patience.h - how long an answer may be withheld from a client before that gives up.
 */
#ifndef UNFLUSHED_PROVE_PATIENCE_H
#define UNFLUSHED_PROVE_PATIENCE_H

#include <stdint.h>

#define PATIENCE_MOST_NS INT64_C(5000000000)

/*
 * Half the smallest time in milliseconds that the client gives a request, a message, a
 * transaction or a connection before it gives up on it, and at most `most_ns`. `settings`:
 * "key=value" lines as the client names them (the trace's), NULL: none are known; those of
 * librdkafka, the Java client, kafka-python and aiokafka are known. At least a millisecond.
 */
int64_t patience_ns(const char *settings, int64_t most_ns);

#endif
