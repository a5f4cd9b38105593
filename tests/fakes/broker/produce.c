/* SPDX-License-Identifier: Apache-2.0 */
/*
 * produce.c - Produce v0 to v12: counts what each partition was given.
 *
 * A whole request lies in memory: batches are walked record by record when
 * they are not compressed and their checksum (CRC-32C) is computed. This is
 * the truth the shim's decoder is held against; it must not share its code.
 */
#include "broker.h"

#define ERROR_CORRUPT 2
#define ERROR_UNKNOWN_PARTITION 3

struct set {
	int64_t records;
	int error;
};

static uint32_t crc32c(const uint8_t *at, size_t count)
{
	static uint32_t table[256];
	if (!table[1]) {
		for (uint32_t i = 0; i < 256; i++) {
			uint32_t value = i;
			for (int bit = 0; bit < 8; bit++)
				value = value & 1 ? value >> 1 ^ 0x82f63b78u : value >> 1;
			table[i] = value;
		}
	}
	uint32_t crc = ~0u;
	for (size_t i = 0; i < count; i++)
		crc = table[(crc ^ at[i]) & 0xff] ^ crc >> 8;
	return ~crc;
}

/* Kafka protocol, record batch v2; body stands behind the magic. */
static void walk_batch(struct body *batch, struct set *set)
{
	uint32_t checksum = (uint32_t)read_number(batch, 4);
	if (batch->bad || crc32c(batch->at, body_left(batch)) != checksum) {
		truth_corrupt++;
		set->error = ERROR_CORRUPT;
		return;
	}
	int64_t attributes = read_number(batch, 2);
	read_bytes(batch, 4 + 8 + 8 + 8 + 2 + 4);
	int64_t claimed = read_number(batch, 4);
	if (attributes & 7) { /* compressed: the header's word is all there is */
		set->records += claimed;
		return;
	}
	int64_t walked = 0;
	while (!batch->bad && body_left(batch)) {
		int64_t length = read_zigzag(batch);
		if (length < 0)
			batch->bad = true;
		else
			read_bytes(batch, (size_t)length);
		walked += !batch->bad;
	}
	if (batch->bad || walked != claimed) {
		truth_corrupt++;
		set->error = ERROR_CORRUPT;
	}
	set->records += walked;
}

/* One entry of a record set: a batch, or a message of magic 0 or 1. */
static void walk_entry(struct body *records, struct set *set)
{
	read_bytes(records, 8);
	int64_t length = read_number(records, 4);
	if (length < 14)
		records->bad = true;
	const uint8_t *at = read_bytes(records, (size_t)length);
	if (!at)
		return;
	struct body entry = {.at = at + 4, .end = at + length};
	int64_t magic = read_number(&entry, 1);
	if (magic == 2) {
		walk_batch(&entry, set);
	} else if (read_number(&entry, 1) & 7) {
		truth_uncounted++;
	} else {
		set->records++;
	}
}

static struct set walk_set(const uint8_t *at, size_t count)
{
	struct set set = {0};
	struct body records = {.at = at, .end = at + count};
	while (!records.bad && body_left(&records))
		walk_entry(&records, &set);
	if (records.bad)
		set.error = ERROR_CORRUPT;
	return set;
}

static bool refuses(void)
{
	if (settings.error == 0 || settings.errors == 0)
		return false;
	if (settings.errors > 0)
		settings.errors--;
	return true;
}

static void put_partition(struct frame *frame, int version, int64_t index, int error,
			  int64_t base)
{
	put_number(frame, 4, index);
	put_number(frame, 2, error);
	put_number(frame, 8, error ? -1 : base);
	if (version >= 2)
		put_number(frame, 8, -1);
	if (version >= 5)
		put_number(frame, 8, 0);
	if (version >= 8) {
		put_length(frame, 4, 0);
		put_name(frame, NULL);
	}
	put_tags(frame);
}

static void serve_partition(struct connection *connection, struct body *body,
			    struct frame *frame, int version, struct topic *topic, bool refused)
{
	int64_t index = read_number(body, 4);
	int64_t bytes = read_length(body, 4);
	const uint8_t *at = bytes > 0 ? read_bytes(body, (size_t)bytes) : NULL;
	struct set set = at ? walk_set(at, (size_t)bytes) : (struct set){0};
	read_tags(body);
	if (body->bad)
		return;
	connection->records += (uint64_t)set.records;
	int64_t base = -1;
	if (refused)
		set.error = settings.error;
	else if (index < 0 || index >= settings.partitions)
		set.error = ERROR_UNKNOWN_PARTITION;
	if (set.error)
		truth_refused += (uint64_t)set.records;
	else
		base = truth_count(topic, (int)index, set.records, at ? (uint64_t)bytes : 0);
	put_partition(frame, version, index, set.error, base);
}

static void serve_topic(struct connection *connection, struct body *body, struct frame *frame,
			int version, bool refused)
{
	struct text name = read_text(body);
	int64_t partitions = read_length(body, 4);
	if (body->bad || !name.at) {
		body->bad = true;
		return;
	}
	struct topic *topic = truth_topic(name);
	put_text(frame, name);
	put_length(frame, 4, partitions);
	for (; partitions > 0 && !body->bad; partitions--)
		serve_partition(connection, body, frame, version, topic, refused);
	read_tags(body);
	put_tags(frame);
}

bool produce_serve(struct connection *connection, struct body *body, int version,
		   int32_t correlation)
{
	struct frame frame = {.flexible = body->flexible};
	put_number(&frame, 4, 0);
	put_number(&frame, 4, correlation);
	put_tags(&frame);
	if (version >= 3)
		read_text(body);
	int64_t acks = read_number(body, 2);
	read_number(body, 4);
	int64_t topics = read_length(body, 4);
	bool refused = refuses();
	put_length(&frame, 4, topics);
	for (; topics > 0 && !body->bad; topics--)
		serve_topic(connection, body, &frame, version, refused);
	read_tags(body);
	if (version >= 1)
		put_number(&frame, 4, 0);
	put_tags(&frame);
	connection->acks0 += acks == 0;
	if (body->bad || body_left(body)) {
		free(frame.at);
		return false;
	}
	bool hangs_up = settings.close_after >= 0 &&
			connection->requests[API_PRODUCE] >= (uint64_t)settings.close_after;
	if (acks == 0 || settings.never_answer || hangs_up) {
		free(frame.at);
		return true;
	}
	connection_answer(connection, &frame, API_PRODUCE);
	return true;
}
