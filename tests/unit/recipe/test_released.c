/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_released.c - the rows of released.def: each release is found, and only
 * as itself.
 */
#include "recipe/released.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "testing.h"

/* Its first piece as it would lie in a program, with `fill` where nothing is known. */
static uint8_t *laid_out(const struct piece *piece, size_t *bytes, uint8_t fill)
{
	const struct window *last = &piece->windows[piece->window_count - 1];
	uint8_t *code = malloc(*bytes = last->offset + last->bytes + 64);

	assert_non_null(code);
	memset(code, fill, *bytes);
	for (size_t i = 0; i < piece->window_count; i++)
		for (size_t j = 0; j < piece->windows[i].bytes; j++)
			if (piece->windows[i].known[j])
				code[32 + piece->windows[i].offset + j] =
					piece->windows[i].value[j];
	return code;
}

static bool has(const struct release *release, const char *name)
{
	for (size_t i = 0; i < release->count; i++)
		for (size_t j = 0; j < release->pieces[i].function_count; j++)
			if (strcmp(release->pieces[i].functions[j].name, name) == 0)
				return true;
	return false;
}

/* What has no row is taken for what the release does not have: the library then has no code of
 * a refusal. That all of its functions are short is no reason. */
static void who_hands_errors_out_has_their_code(void **state)
{
	struct release release;

	(void)state;
	for (size_t i = 0; released_get(i, &release); i++) {
		assert_true(has(&release, "rd_kafka_produceva"));
		assert_true(has(&release, "rd_kafka_commit_transaction"));
		assert_true(has(&release, "rd_kafka_error_code"));
		assert_true(has(&release, "rd_kafka_error_destroy"));
		released_free(&release);
	}
}

static void each_piece_is_found_where_it_is(void **state)
{
	struct release release;
	size_t count = 0, bytes, at;

	(void)state;
	for (; released_get(count, &release); count++) {
		bool has_new = false;

		for (size_t i = 0; i < release.count; i++) {
			const struct piece *piece = &release.pieces[i];
			uint8_t *code = laid_out(piece, &bytes, 0x5a);

			assert_int_equal(piece_find(piece, code, bytes, &at), PIECE_ONCE);
			assert_int_equal(at, 32);
			code[32 + piece->windows[piece->window_count - 1].offset] ^= 1;
			if (piece->windows[piece->window_count - 1].known[0])
				assert_int_equal(piece_find(piece, code, bytes, &at),
						 PIECE_NOWHERE);
			for (size_t j = 0; j < piece->function_count; j++)
				has_new |=
					strcmp(piece->functions[j].name, "rd_kafka_new") == 0;
			free(code);
		}
		assert_true(has_new);
		released_free(&release);
	}
	assert_true(count >= 7);
}

static void no_release_is_taken_for_another(void **state)
{
	struct release one, other;

	(void)state;
	for (size_t i = 0; released_get(i, &one); i++) {
		for (size_t j = 0; released_get(j, &other); j++) {
			size_t found = 0, bytes, at;

			for (size_t k = 0; k < one.count && k < other.count; k++) {
				uint8_t *code = laid_out(&one.pieces[k], &bytes, 0x5a);

				for (size_t l = 0; l < other.count; l++)
					found += piece_find(&other.pieces[l], code, bytes,
							    &at) == PIECE_ONCE;
				free(code);
			}
			assert_int_equal(found >= other.count, i == j);
			released_free(&other);
		}
		released_free(&one);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_hands_errors_out_has_their_code),
		cmocka_unit_test(each_piece_is_found_where_it_is),
		cmocka_unit_test(no_release_is_taken_for_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
