/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dump.c - a trace as lines: its faults, its tables (dump_table.c), its events.
 *
 * A line is a JSON object; as text its keys and values are printed in the
 * same order, so that the two forms cannot tell different things.
 */
#include "dump.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "dump_line.h"

/* Takes over `line`. As text the first value stands alone: it names the line. */
void dump_put(struct dump *dump, json_t *line)
{
	const char *key;
	json_t *value;
	bool first = true;

	if (dump->json) {
		json_dumpf(line, dump->out, JSON_COMPACT | JSON_REAL_PRECISION(9));
		fputc('\n', dump->out);
		json_decref(line);
		return;
	}
	json_object_foreach(line, key, value)
	{
		if (!first)
			fprintf(dump->out, " %s=", key);
		first = false;
		if (json_is_string(value))
			fputs(json_string_value(value), dump->out);
		else if (json_is_integer(value))
			fprintf(dump->out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		else
			fputc('?', dump->out);
	}
	fputc('\n', dump->out);
	json_decref(line);
}

/* "process_start" of "PROCESS_START", as the event rows have it. */
static json_t *lower(const char *words)
{
	char text[40];
	size_t i;

	for (i = 0; words[i] && i + 1 < sizeof text; i++)
		text[i] = (char)(words[i] >= 'A' && words[i] <= 'Z' ? words[i] + 32 : words[i]);
	text[i] = 0;
	return json_string(text);
}

static const struct {
	const char *name, *a, *b;
} kinds[] = {
#define EVENT(name, number, object, a, b) [number] = {#name, a, b},
#include "events.def"
#undef EVENT
};

static const char *object_of(unsigned kind)
{
	static const char *const objects[] = {
#define EVENT(name, number, object, a, b) [number] = #object,
#include "events.def"
#undef EVENT
	};
	return objects[kind];
}

struct place {
	int64_t at_ns;
	uint32_t thread;
	uint64_t number;
};

static int by_time(const void *a, const void *b)
{
	const struct place *left = a, *right = b;

	if (left->at_ns != right->at_ns)
		return left->at_ns < right->at_ns ? -1 : 1;
	if (left->thread != right->thread)
		return left->thread < right->thread ? -1 : 1;
	return (left->number > right->number) - (left->number < right->number);
}

static void dump_event(struct dump *dump, const struct place *place)
{
	const struct trace_event *event =
		reader_event(dump->reader, place->thread, place->number);
	bool known = event->kind < sizeof kinds / sizeof *kinds && kinds[event->kind].name;
	json_t *line = json_object();
	int64_t at_ns;

	json_object_set_new(line, "event",
			    known ? lower(kinds[event->kind].name) : json_string("unknown"));
	if (__builtin_sub_overflow(event->at_ns, dump->start_ns, &at_ns))
		json_object_set_new(line, "at_ns", json_null());
	else
		json_object_set_new(line, "at_ns", json_integer(at_ns));
	json_object_set_new(line, "thread", json_integer(place->thread));
	if (known && strcmp(object_of(event->kind), "PROCESS"))
		json_object_set_new(
			line, strcmp(object_of(event->kind), "SOCKET") ? "producer" : "socket",
			json_integer(event->object));
	if (!known)
		json_object_set_new(line, "kind", json_integer(event->kind));
	if (!known || kinds[event->kind].a[0])
		json_object_set_new(line, known ? kinds[event->kind].a : "a",
				    json_integer(event->a));
	if (!known || kinds[event->kind].b[0])
		json_object_set_new(line, known ? kinds[event->kind].b : "b",
				    json_integer(event->b));
	/* Small whole writes in a row are one event. */
	if (event->kind == EVENT_WRITE)
		json_object_set_new(line, "writes", json_integer(event->flags + 1));
	dump_put(dump, line);
}

static size_t event_count(const struct reader *reader)
{
	size_t count = 0;

	for (uint32_t i = 0; i < reader_rows(reader, SECTION_THREAD); i++)
		count += (size_t)(reader_event_end(reader, i) - reader_event_first(reader, i));
	return count;
}

/* Rings are per thread: sorted by time they are the process's story. */
static void dump_events(struct dump *dump)
{
	const struct reader *reader = dump->reader;
	struct place *places = calloc(event_count(reader) + 1, sizeof *places);
	size_t count = 0;

	if (!places)
		abort();
	for (uint32_t i = 0; i < reader_rows(reader, SECTION_THREAD); i++)
		for (uint64_t n = reader_event_first(reader, i);
		     n < reader_event_end(reader, i); n++)
			places[count++] = (struct place){
				.at_ns = reader_event(reader, i, n)->at_ns,
				.thread = i,
				.number = n,
			};
	qsort(places, count, sizeof *places, by_time);
	for (size_t i = 0; i < count; i++)
		dump_event(dump, &places[i]);
	free(places);
}

void dump_trace(const struct reader *reader, bool json, FILE *out)
{
	const struct trace_process *process = reader_row(reader, SECTION_PROCESS, 0);
	struct dump dump = {.reader = reader, .json = json, .out = out};

	dump.start_ns = process->process_start_ns > 0 ? process->process_start_ns
						      : process->monotonic_ns;
	for (size_t i = 0; i < reader->fault_count; i++) {
		json_t *line = json_object();

		json_object_set_new(line, "fault",
				    dump_text(&dump, reader->faults[i].what,
						 strlen(reader->faults[i].what)));
		json_object_set_new(line, "offset",
				    json_integer((json_int_t)reader->faults[i].offset));
		dump_put(&dump, line);
	}
	dump_tables(&dump);
	dump_events(&dump);
	model_free(&dump.run);
}
