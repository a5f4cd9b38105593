/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire_frames.h - Kafka frames that are made by hand, for the decoder's test
 * and fuzzer.
 *
 * Written from the published protocol and never from the decoder (shim/wire),
 * so that a mistake in the decoder is not repeated here.
 */
#ifndef UNFLUSHED_TEST_WIRE_FRAMES_H
#define UNFLUSHED_TEST_WIRE_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct bytes {
	size_t count;
	unsigned char at[1 << 16];
};

static inline void put(struct bytes *bytes, const void *from, size_t count)
{
	if (bytes->count + count > sizeof(bytes->at))
		abort();
	memcpy(bytes->at + bytes->count, from, count);
	bytes->count += count;
}

static inline void put_number(struct bytes *bytes, int width, int64_t value)
{
	for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
		unsigned char byte = (unsigned char)((uint64_t)value >> shift);
		put(bytes, &byte, 1);
	}
}

static inline void put_varint(struct bytes *bytes, uint32_t value)
{
	for (; value >= 0x80; value >>= 7)
		put_number(bytes, 1, (value & 0x7f) | 0x80);
	put_number(bytes, 1, value);
}

static inline void put_filler(struct bytes *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		put_number(bytes, 1, (int64_t)(i * 37 + 11));
}

/* A length in the form of the version; -1 is null. */
static inline void put_length(struct bytes *bytes, bool flexible, int width, int64_t length)
{
	if (flexible)
		put_varint(bytes, (uint32_t)(length + 1));
	else
		put_number(bytes, width, length);
}

static inline void put_text(struct bytes *bytes, bool flexible, const char *text)
{
	put_length(bytes, flexible, 2, text ? (int64_t)strlen(text) : -1);
	if (text)
		put(bytes, text, strlen(text));
}

static inline void put_tags(struct bytes *bytes, bool flexible, int tags)
{
	if (!flexible)
		return;
	put_varint(bytes, (uint32_t)tags);
	for (int tag = 0; tag < tags; tag++) {
		put_varint(bytes, (uint32_t)tag);
		put_varint(bytes, 200); /* two bytes of length */
		put_filler(bytes, 200);
	}
}

static inline size_t frame_begin(struct bytes *bytes)
{
	put_number(bytes, 4, 0);
	return bytes->count;
}

static inline void frame_end(struct bytes *bytes, size_t begun)
{
	struct bytes length = {0};
	put_number(&length, 4, (int64_t)(bytes->count - begun));
	memcpy(bytes->at + begun - 4, length.at, 4);
}

/* Magic 2: as many records as it says, the payload being anything. */
static inline void put_batch(struct bytes *bytes, int32_t records, size_t payload)
{
	put_number(bytes, 8, 0);
	put_number(bytes, 4, (int64_t)(49 + payload));
	put_number(bytes, 4, -1); /* leader epoch */
	put_number(bytes, 1, 2);
	put_number(bytes, 4, 0x12345678); /* checksum */
	put_number(bytes, 2, 3);	  /* attributes: lz4 */
	put_number(bytes, 4, records - 1);
	put_number(bytes, 8, 1700000000000);
	put_number(bytes, 8, 1700000000001);
	put_number(bytes, 8, 4711); /* producer id, epoch, sequence */
	put_number(bytes, 2, 0);
	put_number(bytes, 4, 0);
	put_number(bytes, 4, records);
	put_filler(bytes, payload);
}

/* One message of magic 0 or 1. */
static inline void put_message(struct bytes *bytes, int magic, int codec, size_t payload)
{
	put_number(bytes, 8, 0);
	put_number(bytes, 4, (int64_t)((magic ? 22u : 14u) + payload));
	put_number(bytes, 4, 0x12345678);
	put_number(bytes, 1, magic);
	put_number(bytes, 1, codec);
	if (magic)
		put_number(bytes, 8, 1700000000000);
	put_number(bytes, 4, -1);
	put_number(bytes, 4, (int64_t)payload);
	put_filler(bytes, payload);
}

static inline void put_header(struct bytes *bytes, int api, int version, int32_t correlation,
			      const char *client)
{
	put_number(bytes, 2, api);
	put_number(bytes, 2, version);
	put_number(bytes, 4, correlation);
	put_text(bytes, false, client);
}

/* A request of which only the header matters. */
static inline void put_request(struct bytes *bytes, int api, int version, int32_t correlation,
			       const char *client, size_t body)
{
	size_t begun = frame_begin(bytes);
	put_header(bytes, api, version, correlation, client);
	put_filler(bytes, body);
	frame_end(bytes, begun);
}

static inline void put_response(struct bytes *bytes, int32_t correlation, size_t body)
{
	size_t begun = frame_begin(bytes);
	put_number(bytes, 4, correlation);
	put_filler(bytes, body);
	frame_end(bytes, begun);
}

struct produce {
	int version;
	int32_t correlation;
	const char *client;
	int acks;
	const char *transaction;
	int topics;
	int partitions; /* of each topic */
	int tags;	/* in every place that may have them */
	bool null_sets;
	const struct bytes *set; /* what each partition gets */
};

static inline void put_topic_name(struct bytes *bytes, int version, int topic)
{
	char name[] = "topic-0";
	name[6] = (char)('0' + topic % 10);
	if (version >= 13)
		put_filler(bytes, 16);
	else
		put_text(bytes, version >= 9, name);
}

static inline void put_produce(struct bytes *bytes, const struct produce *produce)
{
	bool flexible = produce->version >= 9;
	size_t begun = frame_begin(bytes);
	put_header(bytes, 0, produce->version, produce->correlation, produce->client);
	put_tags(bytes, flexible, produce->tags);
	if (produce->version >= 3)
		put_text(bytes, flexible, produce->transaction);
	put_number(bytes, 2, produce->acks);
	put_number(bytes, 4, 30000);
	put_length(bytes, flexible, 4, produce->topics);
	for (int topic = 0; topic < produce->topics; topic++) {
		put_topic_name(bytes, produce->version, topic);
		put_length(bytes, flexible, 4, produce->partitions);
		for (int partition = 0; partition < produce->partitions; partition++) {
			put_number(bytes, 4, partition);
			put_length(bytes, flexible, 4,
				   produce->null_sets ? -1 : (int64_t)produce->set->count);
			if (!produce->null_sets)
				put(bytes, produce->set->at, produce->set->count);
			put_tags(bytes, flexible, produce->tags);
		}
		put_tags(bytes, flexible, produce->tags);
	}
	put_tags(bytes, flexible, produce->tags);
	frame_end(bytes, begun);
}

struct answer {
	int version;
	int32_t correlation;
	int topics;
	int partitions;
	int error; /* of the last partition of each topic */
	int tags;
	int details;
	const char *message;
};

static inline void put_partition_answer(struct bytes *bytes, const struct answer *answer,
					int partition)
{
	bool flexible = answer->version >= 9;
	put_number(bytes, 4, partition);
	put_number(bytes, 2, partition == answer->partitions - 1 ? answer->error : 0);
	put_number(bytes, 8, 1234);
	if (answer->version >= 2)
		put_number(bytes, 8, -1);
	if (answer->version >= 5)
		put_number(bytes, 8, 0);
	if (answer->version >= 8) {
		put_length(bytes, flexible, 4, answer->details);
		for (int detail = 0; detail < answer->details; detail++) {
			put_number(bytes, 4, detail);
			put_text(bytes, flexible, detail % 2 ? "not so" : NULL);
			put_tags(bytes, flexible, answer->tags);
		}
		put_text(bytes, flexible, answer->message);
	}
	put_tags(bytes, flexible, answer->tags);
}

static inline void put_answer(struct bytes *bytes, const struct answer *answer)
{
	bool flexible = answer->version >= 9;
	size_t begun = frame_begin(bytes);
	put_number(bytes, 4, answer->correlation);
	put_tags(bytes, flexible, answer->tags);
	put_length(bytes, flexible, 4, answer->topics);
	for (int topic = 0; topic < answer->topics; topic++) {
		put_topic_name(bytes, answer->version, topic);
		put_length(bytes, flexible, 4, answer->partitions);
		for (int partition = 0; partition < answer->partitions; partition++)
			put_partition_answer(bytes, answer, partition);
		put_tags(bytes, flexible, answer->tags);
	}
	if (answer->version >= 1)
		put_number(bytes, 4, 0);
	put_tags(bytes, flexible, answer->tags);
	frame_end(bytes, begun);
}

#endif
