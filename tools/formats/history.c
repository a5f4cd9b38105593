/* SPDX-License-Identifier: Apache-2.0 */
/*
 * history.c - see history.h.
 */
#include "formats/history.h"

#include <stdlib.h>

#include "format/format.h"
#include "memory/memory.h"

static int64_t *unknown(uint32_t rows)
{
	int64_t *indexes = memory_zeroed(rows + 1, sizeof *indexes);

	for (uint32_t i = 0; i < rows; i++)
		indexes[i] = UNKNOWN;
	return indexes;
}

static void index_rows(struct history *history)
{
	const struct process *process = history->process;

	history->producer_rows = reader_rows(&history->reader, SECTION_PRODUCER);
	history->socket_rows = reader_rows(&history->reader, SECTION_SOCKET);
	history->producers = unknown(history->producer_rows);
	history->sockets = unknown(history->socket_rows);
	for (size_t i = 0; i < process->producer_count; i++)
		if (process->producers[i].row < history->producer_rows)
			history->producers[process->producers[i].row] = (int64_t)i;
	for (size_t i = 0; i < process->socket_count; i++)
		if (process->sockets[i].row < history->socket_rows)
			history->sockets[process->sockets[i].row] = (int64_t)i;
}

bool history_open(struct history *history, const struct process *process,
		  struct find_walk *walk)
{
	*history = (struct history){.process = process};
	if (!process->path)
		return false;
	if (!find_walk_open(walk, &history->reader, process->path, READER_EVENTS)) {
		reader_close(&history->reader);
		return false;
	}
	index_rows(history);
	timeline_open(&history->timeline, &history->reader);
	return true;
}

void history_close(struct history *history)
{
	timeline_close(&history->timeline);
	reader_close(&history->reader);
	free(history->producers);
	free(history->sockets);
	*history = (struct history){0};
}

static int64_t value_of(int64_t value, const char *name)
{
	return value == TRACE_UNKNOWN || !*name ? UNKNOWN : value;
}

/* An event that is older than the row is about the connection or producer that had the row
 * before. */
static void point_at(const struct history *history, const struct trace_event *event,
		     struct happening *happening)
{
	const struct reader *reader = &history->reader;
	uint32_t row = event->object;

	if (happening->kind->object == EVENT_OF_PRODUCER && row < history->producer_rows) {
		const struct trace_producer *of = reader_row(reader, SECTION_PRODUCER, row);

		if (of && event->at_ns >= of->opened_ns)
			happening->producer = history->producers[row];
	}
	if (happening->kind->object == EVENT_OF_SOCKET && row < history->socket_rows) {
		const struct trace_socket *of = reader_row(reader, SECTION_SOCKET, row);

		if (of && event->at_ns >= of->opened_ns)
			happening->socket = history->sockets[row];
	}
}

/* In a damaged trace a time can be any number. */
static int64_t since_start(const struct history *history, int64_t at_ns)
{
	int64_t since;

	return __builtin_sub_overflow(at_ns, history->process->trace_start_ns, &since) ? UNKNOWN
										       : since;
}

bool history_next(struct history *history, struct happening *happening)
{
	const struct trace_event *event;
	const struct trace_thread *thread;

	*happening = (struct happening){.producer = UNKNOWN, .socket = UNKNOWN};
	do {
		event = timeline_next(&history->timeline, &happening->thread);
		if (!event)
			return false;
		happening->at_ns = since_start(history, event->at_ns);
	} while (happening->at_ns == UNKNOWN);
	thread = reader_row(&history->reader, SECTION_THREAD, happening->thread);
	happening->tid = thread && thread->tid != TRACE_UNKNOWN ? thread->tid : UNKNOWN;
	happening->number = event->kind;
	happening->kind = event_kind_of(event->kind);
	happening->a = value_of(event->a, happening->kind ? happening->kind->a : "a");
	happening->b = value_of(event->b, happening->kind ? happening->kind->b : "b");
	happening->times = happening->kind && happening->kind->merges ? event->flags + 1 : 1;
	if (happening->kind)
		point_at(history, event, happening);
	return true;
}
