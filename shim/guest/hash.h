/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hash.h - tells texts, stacks and messages (FNV-1a) and addresses apart in tables of ours.
 *
 * Not against somebody who wants two to be equal.
 */
#ifndef UNFLUSHED_GUEST_HASH_H
#define UNFLUSHED_GUEST_HASH_H

#include <stddef.h>
#include <stdint.h>

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

#endif
