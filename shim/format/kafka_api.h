/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kafka_api.h - the API keys of Kafka's requests that mean something here: in frame_api of a
 * socket's row, in the events of requests, in the decoder.
 *
 * Kafka protocol, "API Keys". A request begins with its length (4 bytes, without itself) and
 * its key (2 bytes), both big-endian.
 */
#ifndef UNFLUSHED_FORMAT_KAFKA_API_H
#define UNFLUSHED_FORMAT_KAFKA_API_H

#include <stdint.h>

enum kafka_api {
	KAFKA_API_PRODUCE = 0,
	KAFKA_API_METADATA = 3,
	KAFKA_API_FIND_COORDINATOR = 10,
	KAFKA_API_SASL_HANDSHAKE = 17,
	KAFKA_API_VERSIONS = 18,
	KAFKA_API_INIT_PRODUCER_ID = 22,
	KAFKA_API_END_TRANSACTION = 26,
	KAFKA_API_SASL_AUTHENTICATE = 36,
};

/* So many bytes of a request say which one it is. */
#define KAFKA_API_BYTES 6

/* The key of the request whose first KAFKA_API_BYTES bytes these are. */
static inline int32_t kafka_api_of(const uint8_t *first)
{
	return first[4] << 8 | first[5];
}

#endif
