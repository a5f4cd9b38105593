/* SPDX-License-Identifier: Apache-2.0 */
/*
 * selection.c - see selection.h.
 */
#include "dump/selection.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "memory/memory.h"

/* Whether the topic's row has that name. The row without a name counts topics that found no
 * row of their own, so once it counts something it may be any topic. */
static bool is_such_topic(const struct selection *selection, const struct trace_topic *topic)
{
	static const struct trace_counts none;
	const char *name = reader_string(selection->reader, topic->topic);

	return name ? fnmatch(selection->topic, name, 0) == 0
		    : topic->topic != 0 || memcmp(&topic->counts, &none, sizeof none) != 0;
}

static void find_producers(struct selection *selection)
{
	const struct reader *reader = selection->reader;

	selection->producer_count = reader_rows(reader, SECTION_PRODUCER);
	selection->producers = memory_zeroed((size_t)selection->producer_count + 1,
					     sizeof *selection->producers);
	for (uint32_t i = 0; i < reader_rows(reader, SECTION_TOPIC); i++) {
		const struct trace_topic *topic = reader_row(reader, SECTION_TOPIC, i);

		if (topic && topic->producer < selection->producer_count &&
		    is_such_topic(selection, topic))
			selection->producers[topic->producer] = true;
	}
}

/* Converts to the trace's clock; a trace that does not say when it was made has no bounds. */
static int64_t by_its_clock(const struct trace_process *process, int64_t at_ns, int64_t never)
{
	int64_t since_made, at;

	if (at_ns == never || process->realtime_ns <= 0 ||
	    __builtin_sub_overflow(at_ns, process->realtime_ns, &since_made) ||
	    __builtin_add_overflow(process->monotonic_ns, since_made, &at))
		return never;
	return at;
}

void selection_make(struct selection *selection, const struct reader *reader,
		    const struct selection_given *given)
{
	const struct trace_process *process = reader_row(reader, SECTION_PROCESS, 0);

	*selection = (struct selection){
		.reader = reader,
		.since_ns = by_its_clock(process, given->since_ns, INT64_MIN),
		.until_ns = by_its_clock(process, given->until_ns, INT64_MAX),
		.topic = given->topic,
	};
	if (given->topic)
		find_producers(selection);
}

void selection_free(struct selection *selection)
{
	free(selection->producers);
	selection->producers = NULL;
}

static bool is_in_time(const struct selection *selection, int64_t at_ns)
{
	return at_ns >= selection->since_ns && at_ns <= selection->until_ns;
}

static bool has_producer(const struct selection *selection, uint32_t number)
{
	return number >= selection->producer_count || selection->producers[number];
}

/* For rows that have the producer's number plus 1; 0: no producer. */
static bool has_producer_plus_1(const struct selection *selection, uint32_t number)
{
	return number == 0 || has_producer(selection, number - 1);
}

static bool has_socket(const struct selection *selection, uint32_t number)
{
	const struct trace_socket *socket =
		reader_row(selection->reader, SECTION_SOCKET, number);

	return !socket || has_producer_plus_1(selection, socket->producer);
}

static bool has_topic(const struct selection *selection, const struct trace_topic *topic)
{
	return !topic || is_such_topic(selection, topic);
}

static bool is_of_topic(const struct selection *selection, enum trace_section_kind kind,
			uint32_t number, const void *row)
{
	switch (kind) {
	case SECTION_TOPIC:
		return has_topic(selection, row);
	case SECTION_CELL:
		return has_topic(selection,
				 reader_row(selection->reader, SECTION_TOPIC,
					    ((const struct trace_cell *)row)->topic));
	case SECTION_PRODUCER:
	case SECTION_PRODUCER_MORE:
	case SECTION_STAGES:
		return has_producer(selection, number);
	case SECTION_LARGE:
		return has_producer(selection, ((const struct trace_large *)row)->producer);
	case SECTION_SOCKET:
	case SECTION_SOCKET_MORE:
	case SECTION_SOCKET_TOLD:
		return has_socket(selection, number);
	case SECTION_PEER:
		return has_producer_plus_1(selection,
					   ((const struct trace_peer *)row)->producer);
	default:
		return true;
	}
}

bool selection_has_row(const struct selection *selection, enum trace_section_kind kind,
		       uint32_t number, const void *row)
{
	if (selection->topic && !is_of_topic(selection, kind, number, row))
		return false;
	if (kind == SECTION_MOMENT)
		return is_in_time(selection, ((const struct trace_moment *)row)->at_ns);
	if (kind == SECTION_LARGE)
		return is_in_time(selection, ((const struct trace_large *)row)->began_ns);
	return true;
}

enum object { OBJECT_NONE, OBJECT_PROCESS, OBJECT_PRODUCER, OBJECT_SOCKET };

static enum object object_of(uint16_t kind)
{
	static const enum object objects[] = {
#define EVENT(name, number, object, a, b) [number] = OBJECT_##object,
#include "format/events.def"
#undef EVENT
	};

	return kind < sizeof objects / sizeof *objects ? objects[kind] : OBJECT_NONE;
}

bool selection_has_event(const struct selection *selection, const struct trace_event *event)
{
	if (!is_in_time(selection, event->at_ns))
		return false;
	if (!selection->topic)
		return true;
	switch (object_of(event->kind)) {
	case OBJECT_PRODUCER:
		return has_producer(selection, event->object);
	case OBJECT_SOCKET:
		return has_socket(selection, event->object);
	default:
		return true;
	}
}
