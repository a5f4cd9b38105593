/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dump.c - how fast `unflushed dump` prints a trace, beside a copy of its bytes.
 *
 * dump TRACE [TIMES]
 * One process, so that its start is not in the numbers, and processor time, so that what
 * else runs is not; all goes to /dev/null. A round is, in turns and in both forms: the trace
 * read, checked and dumped, which is the whole command but its start; the same from memory;
 * the bytes of that dump copied into a buffer and written, as the dump does it; and the
 * least that a dump through jansson does: for each event an object, made, printed and freed.
 * Prints medians, events a second, and how many times the copy's time each takes.
 * links: tools_objects
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dump/dump.h"
#include "read/timeline.h"

enum work { WHOLE, FROM_MEMORY, COPY, JANSSON, WORKS };
static const char *const works[] = {"read and dumped", "dumped", "its bytes copied",
				    "by jansson"};
#define TIMES_MOST 1000

struct bench {
	const char *path;
	struct reader reader;
	char *bytes[2]; /* of the dump, by form */
	size_t size[2];
	FILE *out;
};

static double took_ns[2][WORKS][TIMES_MOST];

static void fail(const char *what)
{
	fprintf(stderr, "dump: %s\n", what);
	exit(1);
}

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void read_and_dump(struct bench *bench, enum line_form form)
{
	struct reader reader;

	if (!reader_open(&reader, bench->path, READER_EVENTS))
		fail(reader.faults[0].what);
	dump_trace(&reader, form, bench->out);
	reader_close(&reader);
}

static void copy(struct bench *bench, enum line_form form)
{
	static char buffer[64u << 10];

	for (size_t at = 0; at < bench->size[form];) {
		size_t left = bench->size[form] - at;
		size_t some = left < sizeof buffer ? left : sizeof buffer;

		memcpy(buffer, bench->bytes[form] + at, some);
		if (fwrite(buffer, 1, some, bench->out) != some)
			fail("cannot write");
		at += some;
	}
	fflush(bench->out);
}

static void print_object(struct bench *bench, enum line_form form, json_t *line)
{
	const char *key;
	json_t *value;

	if (form == LINE_JSON)
		json_dumpf(line, bench->out, JSON_COMPACT);
	else
		json_object_foreach(line, key, value)
		{
			if (json_is_string(value))
				fputs(json_string_value(value), bench->out);
			else
				fprintf(bench->out, " %s=%" JSON_INTEGER_FORMAT, key,
					json_integer_value(value));
		}
	fputc('\n', bench->out);
	json_decref(line);
}

static void through_jansson(struct bench *bench, enum line_form form)
{
	const struct trace_event *event;
	struct timeline timeline;
	uint32_t thread;

	timeline_open(&timeline, &bench->reader);
	while ((event = timeline_next(&timeline, &thread))) {
		json_t *line = json_object();

		json_object_set_new(line, "event", json_string("write"));
		json_object_set_new(line, "at_ns", json_integer(event->at_ns));
		json_object_set_new(line, "thread", json_integer(thread));
		json_object_set_new(line, "socket", json_integer(event->object));
		json_object_set_new(line, "offered", json_integer(event->a));
		json_object_set_new(line, "result", json_integer(event->b));
		print_object(bench, form, line);
	}
	timeline_close(&timeline);
	fflush(bench->out);
}

static void work(struct bench *bench, enum line_form form, enum work which)
{
	switch (which) {
	case WHOLE:
		read_and_dump(bench, form);
		break;
	case FROM_MEMORY:
		dump_trace(&bench->reader, form, bench->out);
		break;
	case COPY:
		copy(bench, form);
		break;
	default:
		through_jansson(bench, form);
		break;
	}
}

static int by_value(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static uint64_t events_of(const struct reader *reader)
{
	uint64_t events = 0;

	for (uint32_t thread = 0; thread < reader_rows(reader, SECTION_THREAD); thread++)
		events += reader_event_end(reader, thread) - reader_event_first(reader, thread);
	return events;
}

static void say(const struct bench *bench, enum line_form form, int times)
{
	double events = (double)events_of(&bench->reader);
	double median[WORKS];

	for (int which = 0; which < WORKS; which++) {
		qsort(took_ns[form][which], (size_t)times, sizeof(double), by_value);
		median[which] = took_ns[form][which][times / 2];
	}
	for (int which = 0; which < WORKS; which++)
		printf("%s, %-29s %9.3f ms %14.0f events/s %8.1f x\n",
		       form == LINE_JSON ? "JSON" : "text", works[which], median[which] / 1e6,
		       events / median[which] * 1e9, median[which] / median[COPY]);
}

int main(int argc, char **argv)
{
	int times = argc > 2 ? atoi(argv[2]) : 31;
	struct bench bench = {.path = argv[1], .out = fopen("/dev/null", "we")};

	if (argc < 2 || times < 1 || times > TIMES_MOST || !bench.out)
		fail("usage: dump TRACE [TIMES]");
	if (!reader_open(&bench.reader, bench.path, READER_EVENTS))
		fail(bench.reader.faults[0].what);
	for (int form = LINE_TEXT; form <= LINE_JSON; form++) {
		FILE *memory = open_memstream(&bench.bytes[form], &bench.size[form]);

		if (!memory || dump_trace(&bench.reader, (enum line_form)form, memory) != 0)
			fail("no memory");
		fclose(memory);
	}
	for (int i = 0; i < times; i++)
		for (int form = LINE_TEXT; form <= LINE_JSON; form++)
			for (int which = 0; which < WORKS; which++) {
				double began = now_ns();

				work(&bench, (enum line_form)form, (enum work)which);
				took_ns[form][which][i] = now_ns() - began;
			}
	printf("dump, %" PRIu64 " events, in one process: median of %d, times the copy\n",
	       events_of(&bench.reader), times);
	for (int form = LINE_TEXT; form <= LINE_JSON; form++)
		say(&bench, (enum line_form)form, times);
	return 0;
}
