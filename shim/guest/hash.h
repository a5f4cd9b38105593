/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hash.h - tells texts, stacks, messages and addresses apart in tables of ours.
 *
 * FNV-1a for what is short; hash_wide() for messages, which may be megabytes.
 * Not safe against an attacker who wants two equal hashes.
 */
#ifndef UNFLUSHED_GUEST_HASH_H
#define UNFLUSHED_GUEST_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define HASH_BEGIN 0xcbf29ce484222325u

/* One byte, or a whole word as if it were one: faster, and mixes its high bits less. */
static inline uint64_t hash_word(uint64_t hash, uint64_t word)
{
	return (hash ^ word) * 0x100000001b3u;
}

static inline uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t count)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; i < count; i++)
		hash = hash_word(hash, at[i]);
	return hash;
}

static inline uint64_t hash_text(uint64_t hash, const char *text)
{
	for (; *text; text++)
		hash = hash_word(hash, (uint8_t)*text);
	return hash;
}

/* The place of an address in a table; addresses that are given out together lie apart. */
static inline uint32_t hash_address(const void *address)
{
	return (uint32_t)(((uint64_t)(uintptr_t)address * 0x9e3779b97f4a7c15u) >> 40);
}

/* ---- many bytes: 64-bit lanes, multiplied to 128 ---- */

__extension__ typedef unsigned __int128 hash_product;

/* Both halves of the product, so that every bit of each reaches the low ones. */
static inline uint64_t hash_multiply(uint64_t left, uint64_t right)
{
	hash_product product = (hash_product)left * right;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t hash_load(const void *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof word);
	return word;
}

/* Fewer than 8 bytes, each of them in the word. */
static inline uint64_t hash_load_few(const uint8_t *bytes, size_t count)
{
	uint32_t low, high;

	if (count >= 4) {
		memcpy(&low, bytes, sizeof low);
		memcpy(&high, bytes + count - 4, sizeof high);
		return (uint64_t)high << 32 | low;
	}
	return count ? (uint64_t)bytes[0] << 16 | (uint64_t)bytes[count / 2] << 8 |
			       bytes[count - 1]
		     : 0;
}

#define HASH_LANE_1 0xa0761d6478bd642fu
#define HASH_LANE_2 0xe7037ed1a0b428dbu
#define HASH_LANE_3 0x8ebc6af09c88c6e3u
#define HASH_LANE_4 0x589965cc75374cc3u

/* 16 bytes into a lane. */
static inline uint64_t hash_lane(uint64_t lane, const uint8_t *at, uint64_t key)
{
	return hash_multiply(hash_load(at) ^ key, hash_load(at + 8) ^ lane);
}

/* Four lanes, because one multiplication need not wait for another. At least 64 bytes; leaves
 * fewer than that, and moves `at` there. */
static inline uint64_t hash_lanes(uint64_t hash, const uint8_t **at, size_t count)
{
	uint64_t lane[4] = {hash, hash ^ HASH_LANE_2, hash ^ HASH_LANE_3, hash ^ HASH_LANE_4};

	for (; count >= 64; count -= 64, *at += 64) {
		lane[0] = hash_lane(lane[0], *at, HASH_LANE_1);
		lane[1] = hash_lane(lane[1], *at + 16, HASH_LANE_2);
		lane[2] = hash_lane(lane[2], *at + 32, HASH_LANE_3);
		lane[3] = hash_lane(lane[3], *at + 48, HASH_LANE_4);
	}
	return hash_multiply(lane[0] ^ HASH_LANE_1, lane[1] ^ HASH_LANE_2) ^
	       hash_multiply(lane[2] ^ HASH_LANE_3, lane[3] ^ HASH_LANE_4);
}

/* All of them, at more than 5 GB/s; the count is part of it. */
static inline uint64_t hash_wide(uint64_t hash, const void *bytes, size_t count)
{
	const uint8_t *at = bytes, *end = at + count;

	hash = hash_multiply(hash ^ HASH_LANE_1, count ^ HASH_LANE_2);
	if (count >= 64)
		hash = hash_lanes(hash, &at, count);
	for (; end - at >= 16; at += 16)
		hash = hash_lane(hash, at, HASH_LANE_1);
	size_t rest = (size_t)(end - at);
	uint64_t last = rest >= 8 ? hash_load_few(at + 8, rest - 8) : hash_load_few(at, rest);

	hash = hash_multiply((rest >= 8 ? hash_load(at) : rest) ^ hash ^ HASH_LANE_3,
			     last ^ HASH_LANE_4);
	return hash_multiply(hash ^ HASH_LANE_2, HASH_LANE_1);
}

#endif
