/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_columns.c - every column of every table in the JSON of a dump, with any
 * content: a number that every parser accepts, null if the value is unknown, a
 * word if it has one.
 */
#include "dump/dump.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "read/names.h"
#include "scratch.h"
#include "testing.h"
#include "trace_maker.h"

static const struct column {
	const char *table, *key, *type;
	size_t offset, bytes;
	bool is_signed;
	enum names_list names;
} columns[] = {
#define IS_SIGNED(type, field)                                                                 \
	_Generic(((struct type *)0)->field, int32_t : true, int64_t : true, default : false)
#define ROW(table, field, key, type, list)                                                     \
	{#table,                                                                               \
	 key,                                                                                  \
	 type,                                                                                 \
	 offsetof(struct trace_##table, field),                                                \
	 sizeof(((struct trace_##table *)0)->field),                                           \
	 IS_SIGNED(trace_##table, field),                                                      \
	 list},
#define COLUMN(table, field, key, type) ROW(table, field, key, #type, NAMES_NONE)
#define NAMED(table, field, key, list) ROW(table, field, key, "NAMED", NAMES_##list)
#include "dump/columns.def"
#undef COLUMN
#undef NAMED
};
#define COLUMNS (sizeof columns / sizeof *columns)

static const struct trace_section *section_of(const struct maker *maker, const char *table)
{
	for (size_t i = 0; i < MAKER_TABLES; i++)
		if (!strcmp(maker_tables[i].name, table))
			return &maker->header->sections[maker_tables[i].kind - 1];
	fail_msg("no table '%s'", table);
	return NULL;
}

/* One row in each table, all of it 0 but its state. */
static void make(struct maker *maker)
{
	static const uint32_t state = 1;

	maker_make(maker);
	for (size_t i = 0; i < MAKER_TABLES; i++) {
		struct trace_section *section =
			&maker->header->sections[maker_tables[i].kind - 1];

		section->used = 1;
		memset(maker->bytes + section->offset, 0, section->row_bytes);
		memcpy(maker->bytes + section->offset, &state, sizeof state);
	}
}

static FILE *all; /* of it, for another parser */

static json_t *row_of(const struct maker *maker, const char *table)
{
	struct reader reader;
	char *words, start[64];
	size_t bytes;
	FILE *out = open_memstream(&words, &bytes);
	json_error_t error;

	assert_true(reader_take(&reader, maker_copy(maker), maker->size));
	assert_int_equal(dump_trace(&reader, LINE_JSON, out), 0);
	reader_close(&reader);
	fclose(out);
	fputs(words, all);
	snprintf(start, sizeof start, "{\"table\":\"%s\"", table);
	const char *line = strstr(words, start);

	assert_non_null(line);
	json_t *row = json_loads(line, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &error);

	if (!row)
		fail_msg("%s: %s", table, error.text);
	free(words);
	return row;
}

static bool is(const struct column *column, const char *type)
{
	return !strcmp(column->type, type);
}

static bool is_null(const struct column *column, const uint8_t *at)
{
	int64_t value = 0;
	int32_t known;

	memcpy(&known, at, sizeof known);
	memcpy(&value, at, column->bytes < 8 ? column->bytes : 8);
	return (is(column, "KNOWN") && known == TRACE_UNKNOWN) ||
	       (is(column, "OPTIONAL") && value == 0) || (is(column, "COUNTED") && value < 0) ||
	       is(column, "STATUS");
}

/* The number as it is to stand there. */
static void number_words(const struct column *column, const uint8_t *at, char words[32])
{
	uint64_t bits = 0;
	unsigned shift = 64 - 8 * (unsigned)column->bytes;

	memcpy(&bits, at, column->bytes);
	if (column->is_signed || is(column, "KNOWN"))
		snprintf(words, 32, "%" PRId64, (int64_t)(bits << shift) >> shift);
	else if (is(column, "IDENTITY"))
		snprintf(words, 32, "0x%016" PRIx64, bits);
	else
		snprintf(words, 32, "%" PRIu64, bits);
}

static void assert_number(const struct column *column, const uint8_t *at, const json_t *value)
{
	char words[32], printed[32];
	uint64_t bits = 0;

	number_words(column, at, words);
	memcpy(&bits, at, column->bytes);
	const char *word = column->names ? names_find(column->names, bits) : NULL;

	if (json_is_integer(value))
		snprintf(printed, sizeof printed, "%" JSON_INTEGER_FORMAT,
			 json_integer_value(value));
	else
		snprintf(printed, sizeof printed, "%s", json_string_value(value));
	if (strcmp(printed, word ? word : words) != 0)
		fail_msg("%s.%s: '%s', not '%s'", column->table, column->key, printed,
			 word ? word : words);
	/* A string is a word, an identity, or a number that is none to a parser. */
	assert_int_equal(json_is_string(value),
			 word || is(column, "IDENTITY") ||
				 (!column->is_signed && bits > INT64_MAX));
}

static void assert_column(const struct column *column, const uint8_t *at, const json_t *row)
{
	const json_t *value = json_object_get(row, column->key);

	if (is(column, "COUNTS")) {
		assert_non_null(json_object_get(row, "sent"));
		assert_non_null(json_object_get(row, "rejected_bytes"));
		return;
	}
	if (!value)
		fail_msg("%s has no \"%s\"", column->table, column->key);
	if (json_is_null(value) != is_null(column, at) && !is(column, "STRING"))
		fail_msg("%s.%s is%s null", column->table, column->key,
			 json_is_null(value) ? "" : " not");
	if (json_is_null(value))
		return;
	if (column->bytes <= 8 && !is(column, "STRING") && !is(column, "TEXT") &&
	    !is(column, "HEX"))
		assert_number(column, at, value);
	else
		assert_true(json_is_string(value));
}

static void any_number_is_printed_so_that_it_is_read_again(void **state)
{
	static const int64_t values[] = {
		0,	   1,	      2,	  3,	     7,		-1,
		INT32_MIN, INT32_MAX, UINT32_MAX, INT64_MIN, INT64_MAX, (1LL << 53) + 1,
	};

	(void)state;
	for (size_t i = 0; i < COLUMNS; i++) {
		for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
			struct maker maker;

			if (columns[i].offset == 0 && (int32_t)values[v] == 0)
				continue; /* its state: then there is no row */
			make(&maker);
			const struct trace_section *section =
				section_of(&maker, columns[i].table);
			uint8_t *at = maker.bytes + section->offset + columns[i].offset;

			memcpy(at, &values[v], columns[i].bytes < 8 ? columns[i].bytes : 8);
			json_t *row = row_of(&maker, columns[i].table);

			assert_column(&columns[i], at, row);
			json_decref(row);
			maker_free(&maker);
		}
	}
}

/* Python's: no number that JSON has not, and none that a 64-bit integer does not hold. */
static void another_parser_reads_all_of_it(void **state)
{
	(void)state;
	assert_true(ftell(all) > 1000000);
	fclose(all);
	scratch_write("check.py",
		      "import json, sys\n"
		      "def no(what): raise ValueError(what)\n"
		      "def pairs(found):\n"
		      "    assert len(dict(found)) == len(found), found\n"
		      "    for key, value in found:\n"
		      "        if isinstance(value, int):\n"
		      "            assert -2**63 <= value < 2**63, (key, value)\n"
		      "    return dict(found)\n"
		      "tables = set()\n"
		      "for line in open(sys.argv[1], encoding='utf-8'):\n"
		      "    row = json.loads(line, parse_constant=no, parse_float=no,\n"
		      "                     object_pairs_hook=pairs)\n"
		      "    tables.add(row.get('table'))\n"
		      "assert len(tables) >= 12, tables\n");
	scratch_shell("python3 check.py all.json");
}

static void every_enum_of_the_format_has_its_words(void **state)
{
	(void)state;
	assert_string_equal(names_find(NAMES_clients, CLIENT_AIOKAFKA), "aiokafka");
	assert_string_equal(names_find(NAMES_socket_ends, END_REPLACED), "replaced");
	assert_null(names_find(NAMES_socket_ends, END_REPLACED + 1));
	assert_string_equal(names_find(NAMES_flush_ends, FLUSH_LEFT_JUMP | FLUSH_LEFT_DELIVERY),
			    "jump_in_delivery");
	assert_null(names_find(NAMES_NONE, 0));
}

static void an_event_has_words_and_null_too(void **state)
{
	struct maker maker;

	(void)state;
	maker_make(&maker);
	maker_event(&maker, EVENT_PROCESS_END, 101 * MAKER_SECOND, HOW_EXIT);
	maker.rings[0].b = TRACE_UNKNOWN;
	maker_event(&maker, EVENT_STALL_END, 101 * MAKER_SECOND, 5);
	maker.rings[1].b = CAUSE_RECEIVER;
	maker_event(&maker, EVENT_STALL_END, 101 * MAKER_SECOND, 5);
	maker.rings[2].b = 77;
	json_decref(row_of(&maker, "process"));
	struct reader reader;
	char *words;
	size_t bytes;
	FILE *out = open_memstream(&words, &bytes);

	assert_true(reader_take(&reader, maker_copy(&maker), maker.size));
	assert_int_equal(dump_trace(&reader, LINE_JSON, out), 0);
	fclose(out);
	assert_non_null(strstr(words, "\"how\":\"exit\",\"status\":null}"));
	assert_non_null(strstr(words, "\"cause\":\"receiver\"}"));
	assert_non_null(strstr(words, "\"cause\":77}"));
	free(words);
	reader_close(&reader);
	maker_free(&maker);
}

static int setup(void **state)
{
	int failed = scratch_make(state);

	all = fopen(scratch_path("all.json"), "we");
	return failed || !all;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_enum_of_the_format_has_its_words),
		cmocka_unit_test(an_event_has_words_and_null_too),
		cmocka_unit_test(any_number_is_printed_so_that_it_is_read_again),
		cmocka_unit_test(another_parser_reads_all_of_it),
	};

	return cmocka_run_group_tests(tests, setup, scratch_remove);
}
