/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_dump.c - every field of every row, and every event, in both forms.
 */
#include "dump.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "trace_maker.h"

static char *dumped(const struct maker *maker, bool json)
{
	struct reader reader;
	size_t bytes;
	char *words;
	FILE *out = open_memstream(&words, &bytes);

	assert_true(reader_take(&reader, maker_copy(maker), maker->size));
	dump_trace(&reader, json, out);
	reader_close(&reader);
	fclose(out);
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
	producer->errors[2] = (struct trace_error){ -184, COUNT_REJECTED, 12 };
	maker_socket(&maker, 0)->unsent_bytes = TRACE_UNKNOWN;
	maker_event(&maker, EVENT_WRITE, 101 * MAKER_SECOND, 4096);
	return maker;
}

static void a_row_shows_all_its_fields(void **state)
{
	struct maker maker = story();
	char *words = dumped(&maker, true);
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
	words = dumped(&maker, true);
	line = json_loads(line_of(words, "{\"table\":\"socket\""), 0, NULL);
	assert_true(json_is_null(json_object_get(line, "unsent_bytes")));
	assert_int_equal(json_integer_value(json_object_get(line, "peer_port")), 9092);
	assert_string_equal(json_string_value(json_object_get(line, "peer_address")),
			    "00000000000000000000ffff7f000001");
	json_decref(line);
	free(words);
	words = dumped(&maker, true);
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
	char *words = dumped(&maker, false);

	(void)state;
	assert_string_equal(line_of(words, "write at_ns="),
			    "write at_ns=1000000000 thread=0 socket=0 offered=4096 result=0 "
			    "writes=1");
	free(words);
	words = dumped(&maker, true);
	assert_string_equal(line_of(words, "{\"event\":\"write\""),
			    "{\"event\":\"write\",\"at_ns\":1000000000,\"thread\":0,\"socket\":0,"
			    "\"offered\":4096,\"result\":0,\"writes\":1}");
	free(words);
	maker_free(&maker);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_shows_all_its_fields),
		cmocka_unit_test(text_and_json_have_the_same_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
