/* SPDX-License-Identifier: Apache-2.0 */
/*
 * codec.h - reading and writing the Kafka protocol's basic types.
 *
 * Reads go over a whole frame in memory; one that would pass its end sets
 * `bad` and yields 0 from then on, so that callers check once. Shares nothing
 * with the shim's decoder: the two must be able to disagree.
 */
#ifndef FAKE_BROKER_CODEC_H
#define FAKE_BROKER_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct body {
	const uint8_t *at;
	const uint8_t *end;
	bool bad;
	bool flexible; /* lengths are compact, tagged fields follow */
};

static inline size_t body_left(const struct body *body)
{
	return (size_t)(body->end - body->at);
}

static inline const uint8_t *read_bytes(struct body *body, size_t count)
{
	if (body->bad || body_left(body) < count) {
		body->bad = true;
		return NULL;
	}
	const uint8_t *at = body->at;
	body->at += count;
	return at;
}

static inline int64_t read_number(struct body *body, size_t width)
{
	const uint8_t *at = read_bytes(body, width);
	uint64_t value = 0;
	for (size_t i = 0; at && i < width; i++)
		value = value << 8 | at[i];
	unsigned unused = (unsigned)(64 - 8 * width);
	return (int64_t)(value << unused) >> unused; /* sign-extended */
}

static inline uint64_t read_varint(struct body *body)
{
	uint64_t value = 0;
	for (unsigned shift = 0; shift < 64; shift += 7) {
		const uint8_t *at = read_bytes(body, 1);
		if (!at)
			return 0;
		value |= (uint64_t)(*at & 0x7f) << shift;
		if (!(*at & 0x80))
			return value;
	}
	body->bad = true;
	return 0;
}

static inline int64_t read_zigzag(struct body *body)
{
	uint64_t value = read_varint(body);
	return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

/* -1 is null. */
static inline int64_t read_length(struct body *body, size_t width)
{
	int64_t length =
		body->flexible ? (int64_t)read_varint(body) - 1 : read_number(body, width);
	if (length > (int64_t)body_left(body))
		body->bad = true;
	return body->bad ? 0 : length;
}

struct text {
	const char *at; /* not terminated; NULL is null */
	size_t length;
};

static inline struct text read_text(struct body *body)
{
	int64_t length = read_length(body, 2);
	if (length < 0)
		return (struct text){0};
	return (struct text){(const char *)read_bytes(body, (size_t)length), (size_t)length};
}

static inline void read_tags(struct body *body)
{
	if (!body->flexible)
		return;
	for (uint64_t tags = read_varint(body); tags && !body->bad; tags--) {
		read_varint(body);
		read_bytes(body, read_varint(body));
	}
}

struct frame {
	uint8_t *at;
	size_t count;
	size_t room;
	bool flexible;
};

static inline void put_bytes(struct frame *frame, const void *at, size_t count)
{
	if (frame->count + count > frame->room) {
		frame->room = 2 * (frame->count + count) + 64;
		frame->at = realloc(frame->at, frame->room);
		if (!frame->at)
			abort();
	}
	if (count)
		memcpy(frame->at + frame->count, at, count);
	frame->count += count;
}

static inline void put_number(struct frame *frame, size_t width, int64_t value)
{
	uint8_t bytes[8];
	for (size_t i = 0; i < width; i++)
		bytes[i] = (uint8_t)((uint64_t)value >> 8 * (width - 1 - i));
	put_bytes(frame, bytes, width);
}

static inline void put_length(struct frame *frame, size_t width, int64_t length)
{
	if (!frame->flexible) {
		put_number(frame, width, length);
		return;
	}
	uint64_t value = (uint64_t)(length + 1);
	for (; value >= 0x80; value >>= 7)
		put_number(frame, 1, (int64_t)((value & 0x7f) | 0x80));
	put_number(frame, 1, (int64_t)value);
}

static inline void put_text(struct frame *frame, struct text text)
{
	put_length(frame, 2, text.at ? (int64_t)text.length : -1);
	put_bytes(frame, text.at, text.length);
}

static inline void put_name(struct frame *frame, const char *name)
{
	put_text(frame, (struct text){name, name ? strlen(name) : 0});
}

static inline void put_tags(struct frame *frame)
{
	if (frame->flexible)
		put_number(frame, 1, 0);
}

#endif
