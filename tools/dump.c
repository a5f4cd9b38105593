/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dump.c - tables and events of a trace as lines.
 *
 * A line is a JSON object; as text its keys and values are printed in the
 * same order, so that the two forms cannot tell different things.
 */
#include "dump.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

struct dump {
	const struct reader *reader;
	struct run run; /* memory for texts */
	int64_t start_ns;
	bool json;
	FILE *out;
};

/* Takes over `line`. As text the first value stands alone: it names the line. */
static void put(struct dump *dump, json_t *line)
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

static json_t *text_or_null(struct dump *dump, const char *words, size_t length)
{
	return words ? json_string(model_text(&dump->run, words, length)) : json_null();
}

static json_t *string_at(struct dump *dump, trace_string at)
{
	const char *words = reader_string(dump->reader, at);

	return text_or_null(dump, words, words ? strlen(words) : 0);
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

static json_t *row_line(const char *table, uint32_t row)
{
	json_t *line = json_object();

	json_object_set_new(line, "table", json_string(table));
	json_object_set_new(line, "row", json_integer(row));
	return line;
}

static void set(json_t *line, const char *key, uint64_t value)
{
	json_object_set_new(line, key, json_integer((json_int_t)value));
}

static void set_known(json_t *line, const char *key, int32_t value)
{
	json_object_set_new(line, key,
			    value == TRACE_UNKNOWN ? json_null() : json_integer(value));
}

static void set_counts(json_t *line, const struct trace_counts *counts)
{
	static const char *const names[TRACE_COUNTS][2] = {
		[COUNT_SENT] = {"sent", "sent_bytes"},
		[COUNT_UNROLLED] = {"unrolled", "unrolled_bytes"},
		[COUNT_DELIVERED] = {"delivered", "delivered_bytes"},
		[COUNT_UNCONFIRMED] = {"unconfirmed", "unconfirmed_bytes"},
		[COUNT_FAILED] = {"failed", "failed_bytes"},
		[COUNT_PURGED] = {"purged", "purged_bytes"},
		[COUNT_DROPPED] = {"dropped", "dropped_bytes"},
		[COUNT_REJECTED] = {"rejected", "rejected_bytes"},
	};

	for (int i = 0; i < TRACE_COUNTS; i++) {
		set(line, names[i][0], counts->messages[i]);
		set(line, names[i][1], counts->bytes[i]);
	}
}

static void dump_process(struct dump *dump, json_t *line, const void *at)
{
	const struct trace_process *row = at;

	json_object_set_new(line, "pid", json_integer(row->pid));
	json_object_set_new(line, "ppid", json_integer(row->ppid));
	json_object_set_new(line, "exe", string_at(dump, row->exe));
	set(line, "start_ticks", row->start_ticks);
	set(line, "notes", row->notes);
	set(line, "how", row->how);
	set_known(line, "status", row->status);
	set(line, "exec_failed", row->exec_failed);
	set(line, "forks", row->forks);
	set(line, "observed", row->observed);
	json_object_set_new(line, "observed_status",
			    row->observed ? json_integer(row->observed_status) : json_null());
	set(line, "redirected_connects", row->redirected_connects);
	json_object_set_new(line, "silent_reason", string_at(dump, row->silent_reason));
	set(line, "events_dropped", row->events_dropped);
	set(line, "sends_unseen", row->sends_unseen);
}

static void dump_producer(struct dump *dump, json_t *line, const void *at)
{
	const struct trace_producer *row = at;

	set(line, "state", row->state);
	set(line, "client", row->client);
	set(line, "flags", row->flags);
	json_object_set_new(line, "name", string_at(dump, row->name));
	json_object_set_new(line, "client_id", string_at(dump, row->client_id));
	set_known(line, "acks", row->acks);
	set(line, "waited_for", row->waited_for);
	set(line, "waited_by", row->waited_by);
	set_known(line, "flush_result", row->flush_result);
	set(line, "flush_calls", row->flush_calls);
	set(line, "flush_timeouts", row->flush_timeouts);
	set(line, "flush_waited_ns", row->flush_waited_ns);
	set(line, "purge_calls", row->purge_calls);
	set(line, "reports_served", row->reports_served);
	set(line, "reports_served_failed", row->reports_served_failed);
	set(line, "rejected_retried", row->rejected_retried);
	set(line, "transactions_begun", row->transactions_begun);
	set(line, "transactions_committed", row->transactions_committed);
	set(line, "transactions_aborted", row->transactions_aborted);
	set(line, "requests_sent", row->requests_sent);
	set(line, "requests_answered", row->requests_answered);
}

static void dump_topic(struct dump *dump, json_t *line, const void *at)
{
	const struct trace_topic *row = at;

	set(line, "producer", row->producer);
	json_object_set_new(line, "topic", string_at(dump, row->topic));
	json_object_set_new(line, "partition", json_integer(row->partition));
	set_counts(line, &row->counts);
}

static void dump_cell(struct dump *dump, json_t *line, const void *at)
{
	const struct trace_cell *row = at;

	(void)dump;
	set(line, "topic", row->topic);
	set(line, "thread", row->thread);
	set(line, "site", row->site);
	set_counts(line, &row->counts);
}

static void dump_socket(struct dump *dump, json_t *line, const void *at)
{
	const struct trace_socket *row = at;

	set(line, "state", row->state);
	set(line, "flags", row->flags);
	json_object_set_new(line, "fd", json_integer(row->fd));
	set(line, "producer", row->producer);
	set(line, "peer_port", row->peer_port);
	json_object_set_new(line, "broker", string_at(dump, row->broker));
	set_known(line, "buffer_requested", row->buffer_requested);
	set_known(line, "buffer_effective", row->buffer_effective);
	set(line, "offered_bytes", row->offered_bytes);
	set(line, "accepted_bytes", row->accepted_bytes);
	set(line, "writes", row->writes);
	set(line, "short_writes", row->short_writes);
	set(line, "eagain", row->eagain);
	set(line, "stalls", row->stalls);
	set(line, "stalled_ns", row->stalled_ns);
	set(line, "fill_samples", row->fill_samples);
	set(line, "fill_max_permille", row->fill_max_permille);
	set(line, "frame_at", row->frame_at);
	set(line, "frame_bytes", row->frame_bytes);
	set(line, "requests", row->requests);
	set(line, "produce_requests", row->produce_requests);
	set(line, "produce_records", row->produce_records);
	set(line, "produce_answered", row->produce_answered);
	set(line, "produce_answered_records", row->produce_answered_records);
	set(line, "produce_unanswerable", row->produce_unanswerable);
	set(line, "produce_uncounted", row->produce_uncounted);
	set(line, "end", row->end);
	set_known(line, "unsent_bytes", row->unsent_bytes);
	set_known(line, "unread_bytes", row->unread_bytes);
}

static void dump_site(struct dump *dump, json_t *line, const void *at)
{
	const struct trace_site *row = at;

	(void)dump;
	set(line, "language", row->language);
	set(line, "depth", row->depth);
	set(line, "module", row->frames[0].module);
	set(line, "offset", row->frames[0].offset);
}

static void dump_module(struct dump *dump, json_t *line, const void *at)
{
	const struct trace_module *row = at;

	json_object_set_new(line, "path", string_at(dump, row->path));
	set(line, "base", row->base);
}

static void dump_thread(struct dump *dump, json_t *line, const void *at)
{
	const struct trace_thread *row = at;

	json_object_set_new(line, "tid", json_integer(row->tid));
	json_object_set_new(
		line, "name",
		text_or_null(dump, row->name, strnlen(row->name, sizeof row->name)));
	set(line, "events", row->head);
	set(line, "takeovers", row->takeovers);
}

static void dump_library(struct dump *dump, json_t *line, const void *at)
{
	const struct trace_library *row = at;

	json_object_set_new(line, "path", string_at(dump, row->path));
	json_object_set_new(line, "version", string_at(dump, row->version));
	set(line, "linkage", row->linkage);
}

static void dump_tables(struct dump *dump)
{
	static const struct {
		enum trace_section_kind kind;
		const char *name;
		void (*fill)(struct dump *dump, json_t *line, const void *row);
	} tables[] = {
		{SECTION_PROCESS, "process", dump_process},
		{SECTION_LIBRARY, "library", dump_library},
		{SECTION_PRODUCER, "producer", dump_producer},
		{SECTION_TOPIC, "topic", dump_topic},
		{SECTION_CELL, "cell", dump_cell},
		{SECTION_SOCKET, "socket", dump_socket},
		{SECTION_SITE, "site", dump_site},
		{SECTION_MODULE, "module", dump_module},
		{SECTION_THREAD, "thread", dump_thread},
	};

	for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
		for (uint32_t i = 0; i < reader_rows(dump->reader, tables[t].kind); i++) {
			const void *row = reader_row(dump->reader, tables[t].kind, i);
			if (!row)
				continue;
			json_t *line = row_line(tables[t].name, i);
			tables[t].fill(dump, line, row);
			put(dump, line);
		}
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
	set(line, "thread", place->thread);
	if (known && strcmp(object_of(event->kind), "PROCESS"))
		set(line, strcmp(object_of(event->kind), "SOCKET") ? "producer" : "socket",
		    event->object);
	if (!known)
		set(line, "kind", event->kind);
	if (!known || kinds[event->kind].a[0])
		json_object_set_new(line, known ? kinds[event->kind].a : "a",
				    json_integer(event->a));
	if (!known || kinds[event->kind].b[0])
		json_object_set_new(line, known ? kinds[event->kind].b : "b",
				    json_integer(event->b));
	put(dump, line);
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
				    text_or_null(&dump, reader->faults[i].what,
						 strlen(reader->faults[i].what)));
		set(line, "offset", reader->faults[i].offset);
		put(&dump, line);
	}
	dump_tables(&dump);
	dump_events(&dump);
	model_free(&dump.run);
}
