/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_json_line.c - lines in both forms: numbers up to their limits, any bytes
 * as a text, errors.
 */
#include "dump/json_line.h"

#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "read/printable.h"
#include "testing.h"

static struct line line;
static char *written;
static size_t written_bytes;
static FILE *out;

static void begin(enum line_form form)
{
	out = open_memstream(&written, &written_bytes);
	line_open(&line, out, form);
}

/* What was written since begin(); free it. */
static char *end(void)
{
	assert_int_equal(line_close(&line), 0);
	fclose(out);
	return written;
}

static void expect(const char *words)
{
	char *all = end();

	assert_string_equal(all, words);
	free(all);
}

static void put_line(enum line_form form)
{
	struct line_words head = line_always(form, line_first(form, "event"), "write");
	struct line_words at = line_key(form, "at_ns"), peer = line_key(form, "peer");

	begin(form);
	line_put(&line, &head);
	line_signed(&line, &at, -7);
	line_null(&line, &at);
	line_text(&line, &peer, "here", 4);
	line_text(&line, &peer, "", 0);
	line_text(&line, &peer, NULL, 0);
	line_end(&line);
}

static void both_forms_come_from_the_same_calls(void **state)
{
	(void)state;
	put_line(LINE_TEXT);
	expect("write at_ns=-7 at_ns=? peer=here peer= peer=?\n");
	put_line(LINE_JSON);
	expect("{\"event\":\"write\",\"at_ns\":-7,\"at_ns\":null,\"peer\":\"here\",\"peer\":"
	       "\"\","
	       "\"peer\":null}\n");
}

static void assert_unsigned(uint64_t value)
{
	struct line_words key = line_key(LINE_TEXT, "n");
	char words[40];

	begin(LINE_TEXT);
	line_unsigned(&line, &key, value);
	snprintf(words, sizeof words, " n=%" PRIu64, value);
	expect(words);
}

static void assert_signed(int64_t value)
{
	struct line_words key = line_key(LINE_TEXT, "n");
	char words[40];

	begin(LINE_TEXT);
	line_signed(&line, &key, value);
	snprintf(words, sizeof words, " n=%" PRId64, value);
	expect(words);
}

/* Wherever a number gets a digit or a bit more, and in between. */
static void numbers_are_whole_to_their_limits(void **state)
{
	uint64_t power = 1, random = 88172645463325252u;

	(void)state;
	for (int digits = 0; digits < 20; digits++, power *= 10)
		for (uint64_t value = power - 2; value != power + 3; value++) {
			assert_unsigned(value);
			assert_signed((int64_t)value);
			assert_signed((int64_t)-value);
		}
	for (int bit = 0; bit < 64; bit++)
		for (uint64_t near = 0; near < 3; near++) {
			assert_unsigned((UINT64_C(1) << bit) - near);
			assert_signed((int64_t)((UINT64_C(1) << bit) - near));
		}
	for (int i = 0; i < 10000; i++) {
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		assert_unsigned(random >> i % 64);
		assert_signed((int64_t)random >> i % 64);
	}
	assert_unsigned(UINT64_MAX);
	assert_signed(INT64_MIN);
	assert_signed(INT64_MAX);
}

static void assert_text(const char *bytes, size_t length, const char *text, const char *json)
{
	struct line_words key = line_key(LINE_TEXT, "s");

	begin(LINE_TEXT);
	line_text(&line, &key, bytes, length);
	char *words = end();
	assert_memory_equal(words, " s=", 3);
	assert_string_equal(words + 3, text);
	free(words);
	key = line_first(LINE_JSON, "s");
	begin(LINE_JSON);
	line_text(&line, &key, bytes, length);
	line_end(&line);
	words = end();
	json_t *object = json_loads(words, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	assert_non_null(object);
	const json_t *value = json_object_get(object, "s");
	char *shown = malloc(5 * length + 1);
	/* A parser gets what a person reads, except for the escapes. */
	shown[printable_put(shown, json_string_value(value), json_string_length(value))] = 0;
	assert_string_equal(shown, text);
	free(shown);
	json_decref(object);
	assert_memory_equal(words, "{\"s\":\"", 6);
	words[strlen(words) - 3] = 0;
	assert_string_equal(words + 6, json);
	free(words);
}

#define ASSERT_TEXT(bytes, text, json) assert_text(bytes, sizeof(bytes) - 1, text, json)

static void a_text_of_any_bytes_is_printable(void **state)
{
	(void)state;
	ASSERT_TEXT("", "", "");
	ASSERT_TEXT("say \"no\"", "say \"no\"", "say \\\"no\\\"");
	ASSERT_TEXT("C:\\new\\", "C:\\new\\", "C:\\\\new\\\\");
	ASSERT_TEXT("a/b", "a/b", "a/b");
	ASSERT_TEXT("a\0b\n\t\033[31m\177", "a\\x00b\\x0a\\x09\\x1b[31m\\x7f",
		    "a\\u0000b\\u000a\\u0009\\u001b[31m\\u007f");
	/* A C1 control character, an override of the direction, a tag. */
	ASSERT_TEXT("\xc2\x9b[2J", "\\u009b[2J", "\\u009b[2J");
	ASSERT_TEXT("\xe2\x80\xaegpj", "\\u202egpj", "\\u202egpj");
	ASSERT_TEXT("\xf3\xa0\x80\x81", "\\U000e0001", "\\udb40\\udc01");
	ASSERT_TEXT("gr\xc3\xbc\xc3\x9f\x65 \xe2\x82\xac \xf0\x9f\x90\x98",
		    "gr\xc3\xbc\xc3\x9f\x65 \xe2\x82\xac \xf0\x9f\x90\x98",
		    "gr\xc3\xbc\xc3\x9f\x65 \xe2\x82\xac \xf0\x9f\x90\x98");
	/* Cut off, never begun, too long, a surrogate, beyond the last character. */
	ASSERT_TEXT("\xe2\x82", "\\xe2\\x82", "\\\\xe2\\\\x82");
	ASSERT_TEXT("\xc3\"", "\\xc3\"", "\\\\xc3\\\"");
	ASSERT_TEXT("\x82\xff", "\\x82\\xff", "\\\\x82\\\\xff");
	ASSERT_TEXT("\xc0\xaf", "\\xc0\\xaf", "\\\\xc0\\\\xaf");
	ASSERT_TEXT("\xe0\x80\xaf", "\\xe0\\x80\\xaf", "\\\\xe0\\\\x80\\\\xaf");
	ASSERT_TEXT("\xed\xa0\x80", "\\xed\\xa0\\x80", "\\\\xed\\\\xa0\\\\x80");
	ASSERT_TEXT("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", "\\\\xf4\\\\x90\\\\x80\\\\x80");
}

/* Texts that end wherever the buffer does, of characters of one byte to four. */
static void what_does_not_fit_the_buffer_is_whole(void **state)
{
	static const char *const characters[] = {"x", "\"", "\xc3\xbc", "\xe2\x82\xac",
						 "\xf0\x9f\x90\x98"};
	static char long_text[400001];
	struct line_words first = line_first(LINE_JSON, "s"), key = line_key(LINE_JSON, "n");

	(void)state;
	for (size_t which = 0; which < sizeof characters / sizeof *characters; which++) {
		size_t bytes = strlen(characters[which]);

		for (size_t shift = 0; shift < 3; shift++) {
			size_t length = shift;

			memset(long_text, '.', length);
			for (; length + bytes < sizeof long_text; length += bytes)
				memcpy(long_text + length, characters[which], bytes);
			long_text[length] = 0;
			begin(LINE_JSON);
			for (int i = 0; i < 3; i++) {
				line_text(&line, &first, long_text, length);
				line_unsigned(&line, &key, UINT64_MAX);
				line_end(&line);
			}
			char *words = end(), *at = words;
			for (int i = 0; i < 3; i++) {
				json_t *object = json_loads(at, JSON_DISABLE_EOF_CHECK, NULL);

				assert_non_null(object);
				assert_string_equal(
					json_string_value(json_object_get(object, "s")),
					long_text);
				json_decref(object);
				at = strchr(at, '\n') + 1;
				assert_memory_equal(at - 28,
						    "\"n\":\"18446744073709551615\"}\n", 28);
			}
			assert_string_equal(at, "");
			free(words);
		}
	}
}

static void a_text_in_parts_is_one_text(void **state)
{
	struct line_words key = line_key(LINE_JSON, "s");

	(void)state;
	begin(LINE_JSON);
	line_text_begin(&line, &key);
	line_add(&line, "a\"", 2);
	line_add_format(&line, ",%d:%s", -1, "\x01");
	line_text_end(&line);
	expect(",\"s\":\"a\\\",-1:\\u0001\"");
}

static int close_full(size_t bytes)
{
	struct line_words key = line_key(LINE_TEXT, "s");
	FILE *full = fopen("/dev/full", "w");

	assert_non_null(full);
	line_open(&line, full, LINE_TEXT);
	for (size_t at = 0; at < bytes; at += 4)
		line_text(&line, &key, "x", 1);
	int error = line_close(&line);
	fclose(full);
	return error;
}

static void a_full_disk_is_an_error_however_little_was_written(void **state)
{
	(void)state;
	assert_int_equal(close_full(4), ENOSPC);
	assert_int_equal(close_full(1 << 20), ENOSPC);
}

static void a_closed_pipe_is_an_error_and_nothing_more_is_written(void **state)
{
	struct line_words key = line_key(LINE_TEXT, "s");
	int ends[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(ends), 0);
	FILE *pipe_out = fdopen(ends[1], "w");
	line_open(&line, pipe_out, LINE_TEXT);
	close(ends[0]);
	for (int i = 0; i < 1 << 18; i++)
		line_text(&line, &key, "x", 1);
	assert_int_equal(line.error, EPIPE);
	errno = 0;
	assert_int_equal(line_close(&line), EPIPE);
	fclose(pipe_out);
	signal(SIGPIPE, SIG_DFL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_forms_come_from_the_same_calls),
		cmocka_unit_test(numbers_are_whole_to_their_limits),
		cmocka_unit_test(a_text_of_any_bytes_is_printable),
		cmocka_unit_test(what_does_not_fit_the_buffer_is_whole),
		cmocka_unit_test(a_text_in_parts_is_one_text),
		cmocka_unit_test(a_full_disk_is_an_error_however_little_was_written),
		cmocka_unit_test(a_closed_pipe_is_an_error_and_nothing_more_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
