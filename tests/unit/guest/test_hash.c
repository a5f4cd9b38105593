/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_hash.c - hash_wide() depends on every bit and on the count, and reads
 * nothing behind it.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "guest/hash.h"
#include "testing.h"

#define MOST 300

static void fill(uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		bytes[i] = (uint8_t)(i * 31 + 7);
}

static void every_bit_changes_the_hash(void **state)
{
	uint8_t bytes[MOST];

	(void)state;
	fill(bytes, sizeof bytes);
	for (size_t count = 0; count <= sizeof bytes; count++) {
		uint64_t whole = hash_wide(HASH_BEGIN, bytes, count);

		for (size_t bit = 0; bit < 8 * count; bit++) {
			bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
			assert_true(hash_wide(HASH_BEGIN, bytes, count) != whole);
			bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
	}
}

static void zeroes_of_another_count_are_another_message(void **state)
{
	static const uint8_t zeroes[MOST];
	uint64_t seen[MOST];

	(void)state;
	for (size_t count = 0; count < MOST; count++) {
		seen[count] = hash_wide(HASH_BEGIN, zeroes, count);
		for (size_t other = 0; other < count; other++)
			assert_true(seen[other] != seen[count]);
	}
}

/* The memory ends where the bytes do: a sanitizer, or the page behind it, would tell. */
static void nothing_beyond_the_count_is_read(void **state)
{
	(void)state;
	for (size_t count = 1; count <= MOST; count++) {
		uint8_t *bytes = malloc(count), around[MOST + 2];

		assert_non_null(bytes);
		fill(bytes, count);
		memset(around, (int)count, sizeof around);
		memcpy(around + 1, bytes, count);
		assert_true(hash_wide(HASH_BEGIN, bytes, count) ==
			    hash_wide(HASH_BEGIN, around + 1, count));
		free(bytes);
	}
}

/* A counter in a long message: the low bits, which choose the places of a table, are spread. */
static void messages_that_count_up_are_spread(void **state)
{
	enum { MESSAGES = 1 << 16, PLACES = 1 << 12 };
	static uint32_t places[PLACES];
	uint8_t bytes[MOST];
	uint32_t most = 0;

	(void)state;
	fill(bytes, sizeof bytes);
	for (uint32_t i = 0; i < MESSAGES; i++) {
		memcpy(bytes + 140, &i, sizeof i);
		uint32_t *place = &places[hash_wide(HASH_BEGIN, bytes, sizeof bytes) % PLACES];

		most = ++*place > most ? *place : most;
	}
	assert_between(most, MESSAGES / PLACES, 4 * MESSAGES / PLACES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bit_changes_the_hash),
		cmocka_unit_test(zeroes_of_another_count_are_another_message),
		cmocka_unit_test(nothing_beyond_the_count_is_read),
		cmocka_unit_test(messages_that_count_up_are_spread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
