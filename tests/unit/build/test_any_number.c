/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_any_number.c - any number in any column of any table: no overflow, and
 * there is a report.
 *
 * Whatever a damaged trace contains, the report, the JSON summary and the dump
 * are made, and no count in the summary is below zero, as it would be after an
 * overflow that wrapped. With the undefined behaviour sanitizer (preset asan)
 * every overflow ends the test.
 */
#include "dump/dump.h"
#include "judge/findings.h"
#include "judge/judge.h"
#include "output/formats.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "build/build.h"
#include "testing.h"
#include "trace_maker.h"

/* Bytes of one number of a column. */
enum {
	NUMBER = 0, /* all of it */
	KNOWN = 0,
	STATUS = 0,
	STRING = 0,
	OPTIONAL = 0,
	COUNTED = 0,
	IDENTITY = 0,
	TEXT = 1,
	HEX = 1,
	COUNTS = 8,
	NUMBERS = 8,
	BUCKETS = 4,
	ERRORS = 4,
	ANSWERS = 2,
	FRAMES = 4,
};

static const struct column {
	const char *table;
	const char *key;
	size_t offset, bytes, each;
} columns[] = {
#define COLUMN(table, field, key, type)                                                        \
	{#table, key, offsetof(struct trace_##table, field),                                   \
	 sizeof(((struct trace_##table *)0)->field), type},
#define NAMED(table, field, key, names) COLUMN(table, field, key, NUMBER)
#include "dump/columns.def"
#undef COLUMN
#undef NAMED
};
#define COLUMNS (sizeof columns / sizeof *columns)

static const int64_t extremes[] = {
	INT64_MIN,
	INT64_MAX,
	-1,
	INT32_MIN,
	UINT32_MAX,
	INT64_C(101500000000), /* a time within the process's life */
	/* And these where they are mixed. */
	INT64_MIN + 1,
	0,
	1,
	INT32_MAX,
	INT64_MAX / 16,
	INT64_MAX / 2,
};
#define ALONE 6
#define EXTREMES (sizeof extremes / sizeof *extremes)

/* A trace that has rows in every table, all of them whole. */
static void make(struct maker *maker)
{
	maker_make(maker);
	for (uint64_t i = 0; i < 3; i++) {
		struct trace_producer *producer = maker_story(maker, 1000, 400 * i);
		struct trace_producer_more *more = maker_producer_more(maker, producer);
		struct trace_socket *socket = maker_socket(maker, (uint32_t)i);

		producer->client = i == 0   ? CLIENT_LIBRDKAFKA
				   : i == 1 ? CLIENT_KAFKA_PYTHON
					    : CLIENT_KAFKA_CLIENTS;
		producer->flush_calls = more->flush_ended = 1;
		producer->errors[0] = (struct trace_error){
			.code = -192, .count = COUNT_FAILED, .messages = 3};
		socket->produce_requests = 10;
		socket->produce_records = 900;
		maker_socket_more(maker, socket);
	}
	for (uint32_t i = 0; i < 8; i++)
		maker->moments[i] = (struct trace_moment){
			.state = 1,
			.at_ns = (101 + (int64_t)i) * MAKER_SECOND,
			.accepted_bytes = 100 * i,
			.requests = i,
		};
	maker->process->series_width_ns = MAKER_SECOND;
	for (uint32_t i = 0; i < 2; i++) {
		maker->modules[i] = (struct trace_module){.state = 1};
		maker->libraries[i] = (struct trace_library){.state = 1};
	}
	maker->header->compatible |= TRACE_HAS_CONSEQUENCES | TRACE_HAS_MAYBE;
	for (size_t i = 0; i < MAKER_TABLES; i++)
		if (maker_tables[i].kind != SECTION_TOPIC &&
		    maker_tables[i].kind != SECTION_CELL)
			maker->header->sections[maker_tables[i].kind - 1].used =
				maker->header->sections[maker_tables[i].kind - 1].rows;
	maker_event(maker, EVENT_WRITE, 101 * MAKER_SECOND, 5);
	maker_event(maker, EVENT_WRITE, 101 * MAKER_SECOND + 7, 5);
}

static void put(uint8_t *at, size_t bytes, int64_t value)
{
	memcpy(at, &value, bytes < sizeof value ? bytes : sizeof value); /* little end first */
}

/* `value` into all numbers of a column, in all rows; NULL: another one each, by chance. */
static void fill(struct maker *maker, const struct column *column, enum trace_section_kind kind,
		 const int64_t *value)
{
	const struct trace_section *section = &maker->header->sections[kind - 1];
	size_t each = column->each ? column->each : column->bytes;

	for (uint32_t row = 0; row < section->used; row++) {
		uint8_t *at = maker->bytes + section->offset + row * section->row_bytes +
			      column->offset;

		for (size_t i = 0; i + each <= column->bytes; i += each)
			put(at + i, each, value ? *value : extremes[(size_t)rand() % EXTREMES]);
	}
}

/* Numbers of the summary that may be below zero: others count, or say how long. */
static bool may_be_negative(const char *key)
{
	static const char *const keys[] = {
		"code",	   "acks",     "status",    "signal",	   "pid",
		"ppid",	   "fd",       "line",	    "offset",	   "produce_error",
		"api",	   "bound_ms", "requested", "fatal_error", "transaction_error",
		"linger_s"};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (!strcmp(key, keys[i]))
			return true;
	return false;
}

static const char *trying; /* for the words of a failure */

static void assert_counts(const char *key, const json_t *value)
{
	const char *name;
	json_t *member;
	size_t i;

	json_object_foreach((json_t *)value, name, member) assert_counts(name, member);
	json_array_foreach(value, i, member) assert_counts(key, member);
	if (json_is_integer(value) && json_integer_value(value) < 0 && !may_be_negative(key))
		fail_msg("%s: \"%s\" is %" JSON_INTEGER_FORMAT, trying, key,
			 json_integer_value(value));
}

static json_t *rendered(struct run *run, const char *format)
{
	size_t bytes;
	char *words;
	FILE *out = open_memstream(&words, &bytes);

	formats_find(format, strlen(format))(run, &(struct render_options){0}, out);
	if (!strcmp(format, "text"))
		render_text(run, &(struct render_options){.verbose = true, .plain = true}, out);
	fclose(out);
	assert_true(bytes > 0 || run->process_count == 0 || !strcmp(format, "github"));
	json_t *summary = strcmp(format, "json") ? NULL : json_loads(words, 0, NULL);

	free(words);
	return summary;
}

/* In every format but the one that is looked into. */
static void render_others(struct run *run)
{
	char *names = strdup(FORMATS_CHOICES), *rest = names, *name;

	while ((name = strsep(&rest, "|")))
		if (strcmp(name, "json") != 0)
			assert_null(rendered(run, name));
	free(names);
}

static void dump_everything(struct reader *reader)
{
	size_t bytes;
	char *words;
	FILE *out = open_memstream(&words, &bytes);

	assert_int_equal(dump_trace(reader, LINE_TEXT, out), 0);
	assert_int_equal(dump_trace(reader, LINE_JSON, out), 0);
	fclose(out);
	free(words);
}

/* Reads it `times` times into one run, judges, prints, and dumps it once. */
static void survive(const struct maker *maker, unsigned times, bool dumped)
{
	struct run run = {0};

	for (unsigned i = 0; i < times; i++) {
		struct reader reader;

		if (reader_take(&reader, maker_copy(maker), maker->size)) {
			build_trace(&run, "4242-1.trace", &reader);
			if (i == 0 && dumped)
				dump_everything(&reader);
		}
		reader_close(&reader);
	}
	judge_run(&run);
	findings_raise(&run);
	render_others(&run);
	json_t *summary = rendered(&run, "json");

	assert_non_null(summary);
	assert_counts("", summary);
	json_decref(summary);
	model_free(&run);
}

static void one_number_at_a_time(const char *table, enum trace_section_kind kind)
{
	char words[160];

	for (size_t i = 0; i < COLUMNS; i++)
		for (size_t e = 0; e < ALONE && !strcmp(columns[i].table, table); e++) {
			struct maker maker;

			snprintf(words, sizeof words, "%s.%s = %lld", table, columns[i].key,
				 (long long)extremes[e]);
			trying = words;
			make(&maker);
			fill(&maker, &columns[i], kind, &extremes[e]);
			survive(&maker, 1, false); /* dump/test_columns.c does */
			maker_free(&maker);
		}
}

#define ROUNDS 50

static void any_numbers_at_once(const char *table, enum trace_section_kind kind)
{
	char words[160];

	for (unsigned round = 0; round < ROUNDS; round++) {
		struct maker maker;

		snprintf(words, sizeof words, "%s, round %u", table, round);
		trying = words;
		srand(round);
		make(&maker);
		for (size_t i = 0; i < COLUMNS; i++)
			if (!strcmp(columns[i].table, table) && rand() % 2 &&
			    columns[i].offset > 0)
				fill(&maker, &columns[i], kind, NULL);
		survive(&maker, 1, true);
		maker_free(&maker);
	}
}

static void any_number_in_a_table(void **state)
{
	size_t table = *(size_t *)*state;

	one_number_at_a_time(maker_tables[table].name, maker_tables[table].kind);
	any_numbers_at_once(maker_tables[table].name, maker_tables[table].kind);
}

static void any_number_in_an_event(void **state)
{
	(void)state;
	for (size_t e = 0; e < EXTREMES * EXTREMES; e++) {
		struct maker maker;

		trying = "an event";
		make(&maker);
		maker.rings[0].at_ns = extremes[e % EXTREMES];
		maker.rings[1].at_ns = extremes[e / EXTREMES];
		maker.rings[0].a = maker.rings[1].b = extremes[e % EXTREMES];
		maker.rings[0].kind = (uint16_t)extremes[e / EXTREMES];
		maker.process->process_start_ns = extremes[e / EXTREMES];
		maker.threads[0].head = e % 3 ? 2 : (uint64_t)extremes[e % EXTREMES];
		survive(&maker, 1, true);
		maker_free(&maker);
	}
}

/* Sums over all connections, producers and processes. */
static void the_most_of_everything_in_many_processes(void **state)
{
	static const int64_t most = INT64_MAX;
	struct maker maker;

	(void)state;
	trying = "the most of everything";
	for (int all = 0; all < 2; all++) {
		make(&maker);
		for (size_t t = 0; t < MAKER_TABLES; t++)
			for (size_t i = 0; i < COLUMNS; i++)
				if (!strcmp(columns[i].table, maker_tables[t].name) &&
				    (all || columns[i].each == COUNTS ||
				     (columns[i].bytes == 8 && !columns[i].each)))
					fill(&maker, &columns[i], maker_tables[t].kind, &most);
		survive(&maker, 40, true);
		maker_free(&maker);
	}
}

int main(void)
{
	static size_t numbers[MAKER_TABLES];
	static char names[MAKER_TABLES][64];
	struct CMUnitTest tests[MAKER_TABLES + 2] = {
		cmocka_unit_test(any_number_in_an_event),
		cmocka_unit_test(the_most_of_everything_in_many_processes),
	};

	for (size_t i = 0; i < MAKER_TABLES; i++) {
		numbers[i] = i;
		snprintf(names[i], sizeof names[i], "any_number_in_table_%s",
			 maker_tables[i].name);
		tests[i + 2] = (struct CMUnitTest){
			.name = names[i],
			.test_func = any_number_in_a_table,
			.initial_state = &numbers[i],
		};
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
