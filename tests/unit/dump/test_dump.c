/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_dump.c - every field of every row, and every event, in both forms; damage, any bytes.
 */
#include "dump/dump.h"

#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "testing.h"
#include "trace_maker.h"

static char *dump_of(const struct reader *reader, enum line_form form)
{
	size_t bytes;
	char *words;
	FILE *out = open_memstream(&words, &bytes);

	assert_int_equal(dump_trace(reader, form, out), 0);
	fclose(out);
	/* No NUL in the middle of it. */
	assert_int_equal(strlen(words), bytes);
	return words;
}

static char *dumped(const struct maker *maker, enum line_form form)
{
	struct reader reader;

	assert_true(reader_take(&reader, maker_copy(maker), maker->size));
	char *words = dump_of(&reader, form);
	reader_close(&reader);
	return words;
}

/* The line that begins so; the rest of the dump is cut off. */
static char *line_of(char *words, const char *start)
{
	char *line = strstr(words, start);

	if (!line)
		fail_msg("no line '%s'", start);
	line[strcspn(line, "\n")] = 0;
	return line;
}

static struct maker story(void)
{
	struct maker maker;

	maker_make(&maker);
	struct trace_producer *producer = maker_story(&maker, 1000, 400);

	producer->acks = -1;
	producer->blocked_ns = 77;
	producer->latency[3] = 5;
	producer->latency[9] = 1;
	producer->configuration = maker_string(&maker, "acks=-1\nlinger.ms=5\n");
	producer->errors[2] = (struct trace_error){-184, COUNT_REJECTED, 12};
	maker_socket(&maker, 0)->unsent_bytes = TRACE_UNKNOWN;
	maker_event(&maker, EVENT_WRITE, 101 * MAKER_SECOND, 4096);
	return maker;
}

static void a_row_shows_all_its_fields(void **state)
{
	struct maker maker = story();
	char *words = dumped(&maker, LINE_JSON);
	json_t *line;

	(void)state;
	line = json_loads(line_of(words, "{\"table\":\"producer\""), 0, NULL);
	assert_int_equal(json_integer_value(json_object_get(line, "acks")), -1);
	assert_int_equal(json_integer_value(json_object_get(line, "blocked_ns")), 77);
	assert_true(json_is_null(json_object_get(line, "flush_result")));
	assert_string_equal(json_string_value(json_object_get(line, "latency")), "3:5,9:1");
	assert_string_equal(json_string_value(json_object_get(line, "errors")), "-184:7:12");
	assert_string_equal(json_string_value(json_object_get(line, "configuration")),
			    "acks=-1 linger.ms=5 ");
	json_decref(line);
	free(words);
	words = dumped(&maker, LINE_JSON);
	line = json_loads(line_of(words, "{\"table\":\"socket\""), 0, NULL);
	assert_true(json_is_null(json_object_get(line, "unsent_bytes")));
	assert_int_equal(json_integer_value(json_object_get(line, "peer_port")), 9092);
	assert_string_equal(json_string_value(json_object_get(line, "peer_address")),
			    "00000000000000000000ffff7f000001");
	json_decref(line);
	free(words);
	words = dumped(&maker, LINE_JSON);
	line = json_loads(line_of(words, "{\"table\":\"cell\""), 0, NULL);
	assert_int_equal(json_integer_value(json_object_get(line, "sent")), 1000);
	assert_int_equal(json_integer_value(json_object_get(line, "sent_bytes")), 10000);
	json_decref(line);
	free(words);
	maker_free(&maker);
}

static void text_and_json_have_the_same_event(void **state)
{
	struct maker maker = story();
	char *words = dumped(&maker, LINE_TEXT);

	(void)state;
	assert_string_equal(line_of(words, "write at_ns="),
			    "write at_ns=1000000000 thread=0 socket=0 offered=4096 result=0 "
			    "writes=1");
	free(words);
	words = dumped(&maker, LINE_JSON);
	assert_string_equal(
		line_of(words, "{\"event\":\"write\""),
		"{\"event\":\"write\",\"at_ns\":1000000000,\"thread\":0,\"socket\":0,"
		"\"offered\":4096,\"result\":0,\"writes\":1}");
	free(words);
	maker_free(&maker);
}

/* "\u001b" is the character itself in JSON, and seen as "\x1b" in text; moves to its last
 * digit. */
static int hidden_of(const char **json, char *text)
{
	unsigned point, low;

	assert_int_equal(sscanf(*json, "\\u%4x", &point), 1);
	*json += 5;
	if (point >= 0xd800 && point < 0xdc00) {
		assert_int_equal(sscanf(*json + 1, "\\u%4x", &low), 1);
		*json += 6;
		return sprintf(text, "\\U%08x",
			       0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00));
	}
	return sprintf(text, point < 0x80 ? "\\x%02x" : "\\u%04x", point);
}

/*
 * The text that a JSON line stands for: its values, the first alone, the others
 * behind their keys. Copies the line to `text`; where it ends in `json`.
 */
static const char *text_of(const char *json, char *text)
{
	bool first = true;

	for (char next = '{'; *json == next; next = ',', first = false) {
		const char *key = ++json;

		assert_int_equal(*key, '"');
		json = strchr(key + 1, '"') + 1;
		if (!first)
			text += sprintf(text, " %.*s=", (int)(json - key) - 2, key + 1);
		assert_int_equal(*json++, ':');
		if (!strncmp(json, "null", 4)) {
			*text++ = '?';
			json += 4;
		} else if (*json != '"') {
			size_t digits = strspn(json, "-0123456789");

			assert_true(digits > 0);
			memcpy(text, json, digits);
			text += digits;
			json += digits;
		} else {
			for (json++; *json != '"'; json++) {
				if (json[0] == '\\' && json[1] == 'u') {
					text += hidden_of(&json, text);
					continue;
				}
				json += *json == '\\';
				*text++ = *json;
			}
			json++;
		}
	}
	assert_int_equal(*json, '}');
	assert_int_equal(json[1], '\n');
	strcpy(text, "\n");
	return json + 2;
}

/* Takes over the reader's bytes. */
static void assert_same_in_both_forms(struct reader *reader)
{
	char *text = dump_of(reader, LINE_TEXT), *json = dump_of(reader, LINE_JSON);
	char *line = malloc(strlen(json) + 1), *at = text; /* no escape gets longer */

	assert_non_null(line);
	for (const char *next, *object = json; *object; object = next) {
		json_error_t error;
		/* A number beyond the largest signed one is none to jansson. */
		json_t *parsed = json_loads(
			object, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &error);

		if (!parsed)
			fail_msg("%s: %.200s", error.text, object);
		json_decref(parsed);
		next = text_of(object, line);
		if (strncmp(line, at, strlen(line)) != 0)
			fail_msg("text '%.*s', JSON '%s'", (int)strcspn(at, "\n"), at, line);
		at += strlen(line);
	}
	assert_string_equal(at, "");
	free(line);
	free(json);
	free(text);
	reader_close(reader);
}

static void every_line_tells_the_same_in_both_forms(void **state)
{
	struct maker maker = story();
	struct reader reader;

	(void)state;
	for (unsigned kind = 0; kind < 40; kind++)
		maker_event(&maker, (enum trace_event_kind)kind, (99 + kind % 3) * MAKER_SECOND,
			    INT64_MIN + kind);
	maker_event(&maker, (enum trace_event_kind)UINT16_MAX, INT64_MIN, INT64_MAX);
	maker_socket_more(&maker, maker.sockets);
	assert_true(reader_take(&reader, maker_copy(&maker), maker.size));
	assert_same_in_both_forms(&reader);
	maker_free(&maker);
}

static void names_of_any_bytes_are_printed(void **state)
{
	struct maker maker = story();
	struct reader reader;

	(void)state;
	maker.producers[0].name = maker_string(&maker, "say \"\\\"\n\x1b[2J\xc2\x85.");
	maker.producers[0].client_id = maker_string(&maker, "\xc3\xbc\xff\xe2\x82");
	maker_site(&maker, "a\"b\n\xe2\x82", 7);
	maker.libraries[0] =
		(struct trace_library){.state = 1, .path = maker_string(&maker, "")};
	maker.header->sections[SECTION_LIBRARY - 1].used = 1;
	/* A thread's name may fill its column, without a NUL. */
	memcpy(maker.threads[0].name, "\xc3\"0123456789\t\\\xc3\xbc", 16);
	char *words = dumped(&maker, LINE_JSON);
	json_t *line = json_loads(line_of(words, "{\"table\":\"producer\""), 0, NULL);
	assert_string_equal(json_string_value(json_object_get(line, "name")),
			    "say \"\\\" \x1b[2J\xc2\x85.");
	assert_string_equal(json_string_value(json_object_get(line, "client_id")),
			    "\xc3\xbc\\xff\\xe2\\x82");
	json_decref(line);
	free(words);
	words = dumped(&maker, LINE_TEXT);
	assert_non_null(strstr(words, "frames=a\"b\\x0a\\xe2\\x82:7\n"));
	assert_non_null(strstr(words, "name=\\xc3\"0123456789\\x09\\\xc3\xbc\n"));
	free(words);
	assert_true(reader_take(&reader, maker_copy(&maker), maker.size));
	assert_same_in_both_forms(&reader);
	maker_free(&maker);
}

/* Flipped bytes, of the header and of every table, and a file that is cut off. */
static void a_damaged_trace_is_dumped_as_far_as_it_goes(void **state)
{
	struct maker maker = story();
	size_t rings = maker.header->sections[SECTION_RING - 1].offset;
	struct reader reader;
	unsigned read = 0;

	(void)state;
	for (size_t at = 8; at < rings + 64; at += at < sizeof(struct trace_header) ? 1 : 5) {
		maker.bytes[at] ^= 0xff;
		if (reader_take(&reader, maker_copy(&maker), maker.size)) {
			assert_same_in_both_forms(&reader);
			read++;
		} else {
			reader_close(&reader);
		}
		maker.bytes[at] ^= 0xff;
	}
	for (size_t size = sizeof(struct trace_header); size < maker.size; size += 97) {
		uint8_t *copy = malloc(size);

		memcpy(copy, maker.bytes, size);
		if (reader_take(&reader, copy, size)) {
			assert_true(reader.fault_count > 0);
			assert_same_in_both_forms(&reader);
			read++;
		} else {
			reader_close(&reader);
		}
	}
	assert_true(read > 1000);
	maker_free(&maker);
}

static void an_unsigned_column_is_never_negative(void **state)
{
	struct maker maker = story();

	(void)state;
	maker.sites[0].hash = UINT64_MAX;
	maker.process->start_ticks = UINT64_MAX;
	maker.process->realtime_ns = INT64_MIN;
	char *words = dumped(&maker, LINE_JSON);
	assert_non_null(strstr(words, "\"hash\":\"0xffffffffffffffff\","));
	/* No parser has to refuse or round it. */
	assert_non_null(strstr(words, "\"start_ticks\":\"18446744073709551615\","));
	assert_non_null(strstr(words, "\"realtime_ns\":-9223372036854775808,"));
	free(words);
	maker_free(&maker);
}

static void a_time_that_does_not_fit_is_not_known(void **state)
{
	struct maker maker = story();

	(void)state;
	maker_event(&maker, EVENT_FILL, INT64_MIN, 1);
	char *words = dumped(&maker, LINE_TEXT);
	assert_non_null(strstr(words, "\nfill at_ns=? thread=0 socket=0 fill_permille=1 "));
	free(words);
	maker_free(&maker);
}

static void a_dump_that_cannot_be_written_says_why(void **state)
{
	struct maker maker = story();
	struct reader reader;
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	assert_true(reader_take(&reader, maker_copy(&maker), maker.size));
	assert_int_equal(dump_trace(&reader, LINE_TEXT, full), ENOSPC);
	fclose(full);
	reader_close(&reader);
	maker_free(&maker);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_shows_all_its_fields),
		cmocka_unit_test(text_and_json_have_the_same_event),
		cmocka_unit_test(every_line_tells_the_same_in_both_forms),
		cmocka_unit_test(names_of_any_bytes_are_printed),
		cmocka_unit_test(a_damaged_trace_is_dumped_as_far_as_it_goes),
		cmocka_unit_test(an_unsigned_column_is_never_negative),
		cmocka_unit_test(a_time_that_does_not_fit_is_not_known),
		cmocka_unit_test(a_dump_that_cannot_be_written_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
