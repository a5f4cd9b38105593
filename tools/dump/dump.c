/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dump.c - a trace as lines: its faults, its tables (dump_table.c), its events.
 *
 * All text of an event's line except its numbers is the same for all events of
 * its kind. It is made once from the rows of events.def, so that printing an
 * event takes little more time than printing its digits.
 */
#include "dump/dump.h"

#include <stdlib.h>
#include <string.h>

#include "dump/dump_table.h"
#include "memory/memory.h"
#include "read/event_kind.h"
#include "read/timeline.h"

static void dump_faults(const struct reader *reader, struct line *line)
{
	const struct line_words fault = line_first(line->form, "fault");
	const struct line_words offset = line_key(line->form, "offset");

	for (size_t i = 0; i < reader->fault_count; i++) {
		const char *what = reader->faults[i].what;

		line_text(line, &fault, what, strlen(what));
		line_unsigned(line, &offset, reader->faults[i].offset);
		line_end(line);
	}
}

/* The constant texts of a kind's fields; empty for a field that the kind does not have. */
struct shape {
	struct line_words at_ns, kind, object, a, b, writes;
	enum names_list names_a, names_b;
};
#define SHAPE_UNKNOWN 0 /* EVENT_NONE, and kinds of a newer version */

struct shapes {
	struct shape *of; /* by kind */
	struct line_words thread;
};

static struct line_words key_of(enum line_form form, const char *name)
{
	return *name ? line_key(form, name) : (struct line_words){.length = 0};
}

/* The line's name and the key of its time. */
static struct line_words head_of(enum line_form form, const char *name)
{
	struct line_words first = line_first(form, "event");

	return line_joined(line_always(form, first, name), line_key(form, "at_ns"));
}

static struct shape shape_of(enum line_form form, unsigned number)
{
	static const char *const objects[] = {
		[EVENT_OF_PROCESS] = "",
		[EVENT_OF_PRODUCER] = "producer",
		[EVENT_OF_SOCKET] = "socket",
	};
	const struct event_kind *kind = event_kind_of(number);

	if (!kind)
		return (struct shape){
			.at_ns = head_of(form, "unknown"),
			.kind = line_key(form, "kind"),
			.a = line_key(form, "a"),
			.b = line_key(form, "b"),
		};
	return (struct shape){
		.at_ns = head_of(form, kind->name),
		.object = key_of(form, objects[kind->object]),
		.a = key_of(form, kind->a),
		.b = key_of(form, kind->b),
		.writes = key_of(form, kind->merges ? "writes" : ""),
		.names_a = kind->names_a,
		.names_b = kind->names_b,
	};
}

static void shapes_make(struct shapes *shapes, enum line_form form)
{
	shapes->thread = line_key(form, "thread");
	shapes->of = memory_zeroed(event_kinds, sizeof *shapes->of);
	for (unsigned number = 0; number < event_kinds; number++)
		shapes->of[number] = shape_of(form, number);
}

static void put_value(struct line *line, const struct line_words *words, enum names_list names,
		      int64_t value)
{
	const char *word = names ? names_find(names, (uint64_t)value) : NULL;

	if (word)
		line_text(line, words, word, strlen(word));
	else if (value == TRACE_UNKNOWN)
		line_null(line, words);
	else
		line_signed(line, words, value);
}

static void dump_event(struct line *line, const struct shapes *shapes, int64_t start_ns,
		       uint32_t thread, const struct trace_event *event)
{
	const struct shape *shape =
		&shapes->of[event->kind < event_kinds ? event->kind : SHAPE_UNKNOWN];
	int64_t at_ns;

	if (__builtin_sub_overflow(event->at_ns, start_ns, &at_ns))
		line_null(line, &shape->at_ns);
	else
		line_signed(line, &shape->at_ns, at_ns);
	line_unsigned(line, &shapes->thread, thread);
	if (shape->kind.length)
		line_unsigned(line, &shape->kind, event->kind);
	if (shape->object.length)
		line_unsigned(line, &shape->object, event->object);
	if (shape->a.length)
		put_value(line, &shape->a, shape->names_a, event->a);
	if (shape->b.length)
		put_value(line, &shape->b, shape->names_b, event->b);
	if (shape->writes.length)
		line_unsigned(line, &shape->writes, (uint64_t)event->flags + 1);
	line_end(line);
}

static void dump_events(const struct reader *reader, const struct selection *selection,
			struct line *line)
{
	const struct trace_process *process = reader_row(reader, SECTION_PROCESS, 0);
	int64_t start_ns = process->process_start_ns > 0 ? process->process_start_ns
							 : process->monotonic_ns;
	const struct trace_event *event;
	struct timeline timeline;
	struct shapes shapes;
	uint32_t thread;

	shapes_make(&shapes, line->form);
	timeline_open(&timeline, reader);
	while (!line->error && (event = timeline_next(&timeline, &thread)))
		if (!selection || selection_has_event(selection, event))
			dump_event(line, &shapes, start_ns, thread, event);
	timeline_close(&timeline);
	free(shapes.of);
}

static int dump(const struct reader *reader, const struct selection *selection,
		enum line_form form, FILE *out)
{
	struct line line;

	line_open(&line, out, form);
	dump_faults(reader, &line);
	dump_tables(reader, selection, &line);
	dump_events(reader, selection, &line);
	return line_close(&line);
}

int dump_trace(const struct reader *reader, enum line_form form, FILE *out)
{
	return dump(reader, NULL, form, out);
}

int dump_selected(const struct reader *reader, const struct selection_given *given,
		  enum line_form form, FILE *out)
{
	struct selection selection;

	selection_make(&selection, reader, given);
	int error = dump(reader, &selection, form, out);

	selection_free(&selection);
	return error;
}
