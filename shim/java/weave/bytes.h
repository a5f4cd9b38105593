/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bytes.h - big-endian reading and writing with bounds checks.
 *
 * Beyond the end a reader returns zeros and a writer drops the bytes, and both
 * set `failed`: it is enough to check that once, at the end.
 */
#ifndef UNFLUSHED_WEAVE_BYTES_H
#define UNFLUSHED_WEAVE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct source {
	const uint8_t *at;
	const uint8_t *end;
	bool failed;
};

struct sink {
	uint8_t *begin;
	uint8_t *at;
	uint8_t *end;
	bool failed;
};

static inline const uint8_t *source_take(struct source *source, size_t bytes)
{
	const uint8_t *taken = source->at;

	if (source->failed || (size_t)(source->end - source->at) < bytes) {
		source->failed = true;
		return NULL;
	}
	source->at += bytes;
	return taken;
}

static inline uint32_t source_number(struct source *source, size_t bytes)
{
	const uint8_t *at = source_take(source, bytes);
	uint32_t number = 0;

	for (size_t i = 0; at && i < bytes; i++)
		number = number << 8 | at[i];
	return number;
}

static inline uint32_t bytes_number(const uint8_t *at, size_t bytes)
{
	uint32_t number = 0;

	for (size_t i = 0; i < bytes; i++)
		number = number << 8 | at[i];
	return number;
}

static inline void sink_bytes(struct sink *sink, const void *from, size_t bytes)
{
	if (sink->failed || !from || (size_t)(sink->end - sink->at) < bytes) {
		sink->failed = true;
		return;
	}
	memcpy(sink->at, from, bytes);
	sink->at += bytes;
}

static inline void sink_number(struct sink *sink, size_t bytes, uint32_t number)
{
	uint8_t big[4] = {(uint8_t)(number >> 24), (uint8_t)(number >> 16),
			  (uint8_t)(number >> 8), (uint8_t)number};

	sink_bytes(sink, big + 4 - bytes, bytes);
}

/* Overwrites a number that was written before its value was known. */
static inline void sink_patch(struct sink *sink, size_t offset, size_t bytes, uint32_t number)
{
	for (size_t i = 0; !sink->failed && i < bytes; i++)
		sink->begin[offset + i] = (uint8_t)(number >> 8 * (bytes - 1 - i));
}

static inline size_t sink_size(const struct sink *sink)
{
	return (size_t)(sink->at - sink->begin);
}

static inline void sink_text(struct sink *sink, const char *text)
{
	size_t bytes = strlen(text);

	sink_number(sink, 2, (uint32_t)bytes);
	sink_bytes(sink, text, bytes);
}

static inline void copy_number(struct source *source, struct sink *sink, size_t bytes)
{
	sink_number(sink, bytes, source_number(source, bytes));
}

#endif
