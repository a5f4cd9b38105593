/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_trace.c - the tool against any trace: read, built, judged, rendered, dumped.
 *
 * A trace is 100 KB, of which most is an empty ring: to change bytes at random would find
 * nothing. An input is a byte that says how it is shown (1: as JSON, 2: with colour), and a
 * list of edits of a trace that has every table full:
 *
 *	section   1 byte: enum trace_section_kind; 0 the header; other: the file is cut
 *	offset    2 bytes: into that section (cut: the bytes that are left, of 65,536ths)
 *	width     1 byte: the low two bits are 1, 2, 4 or 8 bytes; the others choose a number
 *	          that likes to overflow, or, when they are 0,
 *	value     the bytes, as many as the width says
 *
 * Whatever the edits: nothing aborts, both JSON forms can be parsed, and the summary has one
 * verdict. Twice the trace is one process, which it is not twice.
 *
 * Alone (-DSTANDALONE): fuzz_trace [INPUTS [SEED]]
 */
#include <stdbool.h>
#include <string.h>

#include <jansson.h>
#include <libxml/parser.h>
#include <sqlite3.h>

#include "build/build.h"
#include "dump/dump.h"
#include "fuzz.h"
#include "judge/findings.h"
#include "judge/judge.h"
#include "output/formats.h"
#include "../unit/trace_maker.h"

static const int64_t overflowing[] = {
	INT64_MIN,
	INT64_MAX,
	-1,
	1,
	INT32_MIN,
	INT32_MAX,
	UINT32_MAX,
	1 << 16,
	INT64_MIN + 1,
	INT64_MAX - 1,
	(int64_t)1 << 53,
	(int64_t)1 << 62,
};
#define OVERFLOWING (sizeof overflowing / sizeof *overflowing)

/* ---- a trace with something in every table ---- */

static void fill_producers(struct maker *maker)
{
	for (uint32_t i = 0; i < 3; i++) {
		struct trace_producer *producer = maker_story(maker, 500 + i, 100 * i);
		struct trace_producer_more *more = maker_producer_more(maker, producer);

		producer->client = (uint32_t)(CLIENT_LIBRDKAFKA + (int)i);
		producer->requests_sent = more->requested = 3;
		if (i == 2)
			maker_waited(producer, 500);
	}
}

static void fill_sockets(struct maker *maker)
{
	for (uint32_t i = 0; i < 4; i++) {
		struct trace_socket *socket = maker_socket(maker, i < 3 ? i : UINT32_MAX);

		maker_socket_more(maker, socket);
		socket->produce_requests = 3;
		socket->produce_records = 400;
		socket->produce_answered = 2;
		socket->produce_answered_records = 300;
		socket->buffer_requested = 65536;
		socket->unsent_bytes = 10 * (int32_t)i;
		socket->unread_bytes = (int32_t)i;
	}
}

static void fill_events(struct maker *maker)
{
	for (int i = 0; i < 64; i++)
		maker_event(maker, (enum trace_event_kind)i, 101 * MAKER_SECOND + i * 1000,
			    i % 4);
}

static void fill_moments(struct maker *maker)
{
	struct trace_section *section = &maker->header->sections[SECTION_MOMENT - 1];

	for (section->used = 0; section->used < section->rows; section->used++)
		maker->moments[section->used] = (struct trace_moment){
			.state = 1,
			.fill_max_permille = 100 * section->used,
			.at_ns = 101 * MAKER_SECOND + section->used * MAKER_SECOND / 10,
			.accepted_bytes = 1000 * section->used,
			.produced = 100 * section->used,
			.settled = 50 * section->used,
			.delivered = 50 * section->used,
			.requests = section->used,
		};
}

static void fill_modules(struct maker *maker)
{
	struct trace_section *modules = &maker->header->sections[SECTION_MODULE - 1];
	struct trace_section *libraries = &maker->header->sections[SECTION_LIBRARY - 1];

	modules->used = libraries->used = 1;
	maker->modules[0] = (struct trace_module){
		.state = 1, .path = maker_string(maker, "/nowhere/liborders.so")};
	maker->libraries[0].state = 1;
}

static void fill(struct maker *maker)
{
	maker_make(maker);
	fill_producers(maker);
	maker_site(maker, "audit.py", 7)->language = LANGUAGE_JAVA;
	fill_sockets(maker);
	fill_events(maker);
	fill_moments(maker);
	fill_modules(maker);
}

/* ---- edits ---- */

/* Where the section of that kind lies; the header's for 0. */
static size_t section_place(const struct maker *full, unsigned kind, size_t *bytes)
{
	if (kind == 0) {
		*bytes = sizeof(struct trace_header);
		return 0;
	}
	const struct trace_section *section = &full->header->sections[kind - 1];

	*bytes = (size_t)section->row_bytes * section->rows;
	return section->offset;
}

static void edit(const struct maker *full, uint8_t *trace, size_t *size, struct input *input)
{
	unsigned kind = (unsigned)input_number(input, 1);
	size_t offset = (size_t)input_number(input, 2), room;
	unsigned how = (unsigned)input_number(input, 1);
	size_t width = (size_t)1 << (how & 3);
	uint64_t value = how >> 2 ? (uint64_t)overflowing[how % OVERFLOWING]
				  : input_number(input, width);

	if (kind > TRACE_SECTIONS) {
		*size = full->size * offset >> 16;
		return;
	}
	size_t place = section_place(full, kind, &room);

	if (room < width)
		return;
	memcpy(trace + place + offset % (room - width + 1), &value, width);
}

/* ---- the tool's way with it ---- */

static int rows_counted(void *rows, int columns, char **values, char **names)
{
	(void)columns;
	(void)values;
	(void)names;
	++*(int *)rows;
	return 0;
}

/* SQLite opens it, and every key that a row names is there. */
static void database_read(const char *bytes, size_t size)
{
	unsigned char *copy = sqlite3_malloc64(size);
	sqlite3 *database = NULL;
	int rows = 0;

	claim(copy && sqlite3_open(":memory:", &database) == SQLITE_OK, "no memory");
	memcpy(copy, bytes, size);
	claim(sqlite3_deserialize(database, "main", copy, (sqlite3_int64)size,
				  (sqlite3_int64)size,
				  SQLITE_DESERIALIZE_FREEONCLOSE) == SQLITE_OK,
	      "the database is none");
	claim(sqlite3_exec(database, "PRAGMA foreign_key_check; SELECT 1 FROM run",
			   rows_counted, &rows, NULL) == SQLITE_OK,
	      "the database cannot be read");
	claim(rows == 1, "a row names a key that is not there");
	sqlite3_close(database);
}

/* All that are read by a parser of XML, JSON or SQL are accepted by one. */
static void parsed(const char *format, const char *text, size_t bytes)
{
	if (strcmp(format, "junit") == 0) {
		xmlDocPtr document = xmlReadMemory(text, (int)bytes, NULL, NULL,
						   XML_PARSE_NONET | XML_PARSE_HUGE);

		claim(document != NULL, "the cases are no XML");
		xmlFreeDoc(document);
	} else if (strcmp(format, "gitlab") == 0) {
		json_t *issues = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, NULL);

		claim(json_is_array(issues), "the issues are no JSON");
		json_decref(issues);
	} else if (strcmp(format, "sqlite") == 0) {
		database_read(text, bytes);
	}
}

static void rendered(struct run *run, const char *format, bool colour)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *out = open_memstream(&text, &bytes);

	claim(out != NULL, "no memory");
	const struct render_options options = {
		.colour = colour, .verbose = colour, .plain = !colour};

	formats_find(format, strlen(format))(run, &options, out);
	fclose(out);
	if (strcmp(format, "json") == 0) {
		json_t *summary = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, NULL);

		claim(summary != NULL, "the summary is no JSON");
		claim(json_is_string(json_object_get(summary, "verdict")), "no verdict");
		json_decref(summary);
	}
	parsed(format, text, bytes);
	free(text);
}

/* One of the formats, by number. */
static void rendered_also(struct run *run, unsigned which)
{
	char *names = strdup(FORMATS_CHOICES), *rest = names, *name;
	unsigned count = 1;

	for (const char *at = names; *at; at++)
		count += *at == '|';
	for (which %= count; (name = strsep(&rest, "|")) && which--;)
		;
	rendered(run, name, false);
	free(names);
}

static void lines_parse(char *text)
{
	char *rest = text;

	for (char *line; (line = strsep(&rest, "\n"));) {
		if (!*line)
			continue;
		json_t *object = json_loads(line, JSON_REJECT_DUPLICATES, NULL);

		claim(json_is_object(object), "a line of the dump is no JSON");
		json_decref(object);
	}
}

static void dumped(const struct reader *reader, enum line_form form)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *out = open_memstream(&text, &bytes);

	claim(out != NULL, "no memory");
	claim(dump_trace(reader, form, out) == 0, "the dump failed");
	fclose(out);
	if (form == LINE_JSON)
		lines_parse(text);
	free(text);
}

static void told(const uint8_t *trace, size_t size, struct run *run, const char *name,
		 enum line_form form)
{
	uint8_t *copy = malloc(size ? size : 1);
	struct reader reader;

	claim(copy != NULL, "no memory");
	memcpy(copy, trace, size);
	if (reader_take(&reader, copy, size)) {
		build_trace(run, name, &reader);
		dumped(&reader, form);
	}
	reader_close(&reader);
}

/* The same trace, undamaged: one process of a run of two. */
static void build_whole(const struct maker *full, struct run *run)
{
	struct reader reader;

	if (reader_take(&reader, maker_copy(full), full->size))
		build_trace(run, "4243-1.trace", &reader);
	reader_close(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct maker full;
	struct input input = {data, size};
	struct run run;

	if (!full.bytes)
		fill(&full);
	uint8_t *trace = maker_copy(&full);
	size_t bytes = full.size;

	unsigned how = (unsigned)input_number(&input, 1);
	enum line_form form = how & 1 ? LINE_JSON : LINE_TEXT;

	memset(&run, 0, sizeof run);
	while (input.left)
		edit(&full, trace, &bytes, &input);
	told(trace, bytes, &run, "4242-1.trace", form);
	build_whole(&full, &run);
	judge_run(&run);
	findings_raise(&run);
	rendered(&run, how & 1 ? "json" : "text", how & 2);
	rendered_also(&run, how >> 2);
	model_free(&run);
	free(trace);
	return 0;
}

#ifdef STANDALONE
int main(int argc, char **argv)
{
	unsigned long inputs = argc > 1 ? strtoul(argv[1], NULL, 10) : 2000;

	fuzz_seed_by(argc, argv, 2);
	for (unsigned long i = 0; i < inputs; i++) {
		uint8_t input[8 * 12];
		size_t bytes = 0, most = 12 * (1 + dice(8));

		while (bytes < most)
			input[bytes++] = (uint8_t)(dice(2) ? dice(16) : dice(256));
		LLVMFuzzerTestOneInput(input, bytes);
	}
	printf("fuzz_trace: %lu inputs\n", inputs);
	return 0;
}
#endif
