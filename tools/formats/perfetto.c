/* SPDX-License-Identifier: Apache-2.0 */
/*
 * perfetto.c - the run as a trace of Perfetto: packets of TrackEvents, for ui.perfetto.dev.
 *
 *	process         its life as a slice, its end as an instant with the verdict; counters of
 *			its series; events about no producer and no connection
 *	  producer	events; below it a track of each thread that called flush or destroy,
 *			and one of transactions
 *	  connection    its life as a slice, writes, EAGAIN; below it stalls as slices, and the
 *			fill of the send buffer and its unacknowledged bytes as counters
 *
 * All times are CLOCK_REALTIME of the process's machine: several machines have
 * no other common clock. A clock snapshot makes it the trace's clock;
 * Perfetto's default is CLOCK_BOOTTIME, which our traces do not have. If the
 * begin event of a slice was overwritten, the duration in its end event gives
 * it; slices that are still open end with the process.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format/format.h"
#include "formats/history.h"
#include "formats/perfetto_fields.h"
#include "formats/protobuf.h"
#include "memory/memory.h"
#include "model/words.h"
#include "render/render.h"

#define SEQUENCE 1

/* Tracks of a process, in the order of their numbers. A track is described when it is first
 * used. */
enum process_track { TRACK_SELF, TRACK_OUTSTANDING, TRACK_ACCEPTED, TRACK_FULLEST, OF_PROCESS };
enum producer_track { TRACK_PRODUCER, TRACK_TRANSACTIONS, OF_PRODUCER /* then one a thread */ };
enum socket_track { TRACK_SOCKET, TRACK_STALLS, TRACK_FILL, TRACK_UNACKED, OF_SOCKET };

struct track {
	bool told;
	unsigned open; /* number of open slices */
};

struct timelines {
	struct run *run;
	FILE *out;
	const struct process *process;
	struct find_walk walk;
	bool owns_pid; /* no process before it has the same pid */
	uint32_t threads;
	struct track *tracks;
	size_t track_count;
	int64_t last_ns;		      /* the last time written for the process */
	struct protobuf packet, event, inner; /* what is being written */
	struct protobuf descriptor;
};

static void packet_write(struct timelines *to)
{
	protobuf_number(&to->packet, PACKET_SEQUENCE, SEQUENCE);
	protobuf_message(&to->inner, TRACE_PACKET, &to->packet);
	fwrite(to->inner.bytes, 1, to->inner.count, to->out);
	protobuf_clear(&to->inner);
}

/* ---- tracks ---- */

static size_t producer_track(const struct timelines *to, int64_t producer, size_t which)
{
	return OF_PROCESS + (size_t)producer * (OF_PRODUCER + to->threads) + which;
}

static size_t socket_track(const struct timelines *to, int64_t socket, size_t which)
{
	return producer_track(to, (int64_t)to->process->producer_count, 0) +
	       (size_t)socket * OF_SOCKET + which;
}

/* Never 0: that is the trace's own track. */
static uint64_t uuid_of(const struct timelines *to, size_t track)
{
	uint64_t process = (uint64_t)(to->process - to->run->processes) + 1;

	return process << 32 | (track + 1);
}

static void tell_process(struct timelines *to)
{
	const struct process *process = to->process;

	if (process->pid == UNKNOWN || !to->owns_pid)
		return;
	protobuf_number(&to->inner, PROCESS_PID, (uint64_t)process->pid);
	for (size_t i = 0; i < process->argc; i++)
		protobuf_text(&to->inner, PROCESS_CMDLINE, process->argv[i]);
	protobuf_text(&to->inner, PROCESS_NAME, process->program ? process->program : "?");
	protobuf_message(&to->descriptor, TRACK_PROCESS, &to->inner);
}

static void tell_counter(struct timelines *to, unsigned unit, const char *unit_name)
{
	if (unit)
		protobuf_number(&to->inner, COUNTER_UNIT, unit);
	if (unit_name)
		protobuf_text(&to->inner, COUNTER_UNIT_NAME, unit_name);
	protobuf_message(&to->descriptor, TRACK_COUNTER, &to->inner);
}

/* A track is described before its first event. */
static bool is_new(struct timelines *to, size_t track, size_t parent, const char *name)
{
	if (to->tracks[track].told)
		return false;
	to->tracks[track].told = true;
	protobuf_number(&to->descriptor, TRACK_UUID, uuid_of(to, track));
	if (track != TRACK_SELF)
		protobuf_number(&to->descriptor, TRACK_PARENT, uuid_of(to, parent));
	protobuf_text(&to->descriptor, TRACK_NAME, name);
	return true;
}

static void tell(struct timelines *to)
{
	protobuf_message(&to->packet, PACKET_TRACK_DESCRIPTOR, &to->descriptor);
	packet_write(to);
}

static size_t use_self(struct timelines *to)
{
	const struct process *process = to->process;

	if (is_new(to, TRACK_SELF, 0,
		   model_format(to->run, "%s (pid %s)",
				process->program ? process->program : "?",
				words_pid(to->run, process)))) {
		tell_process(to);
		tell(to);
	}
	return TRACK_SELF;
}

static size_t use_track(struct timelines *to, size_t track, size_t parent, const char *name)
{
	if (is_new(to, track, parent, name))
		tell(to);
	return track;
}

static size_t use_counter(struct timelines *to, size_t track, size_t parent, const char *name,
			  unsigned unit, const char *unit_name)
{
	if (is_new(to, track, parent, name)) {
		tell_counter(to, unit, unit_name);
		tell(to);
	}
	return track;
}

static size_t use_producer(struct timelines *to, int64_t producer)
{
	size_t track = producer_track(to, producer, TRACK_PRODUCER);

	return to->tracks[track].told
		       ? track
		       : use_track(to, track, use_self(to),
				   model_format(
					   to->run, "producer %s",
					   words_producer(to->run, to->process,
							  &to->process->producers[producer])));
}

/* Calls of one thread are nested, those of two threads may overlap. */
static size_t use_calls(struct timelines *to, const struct happening *happening)
{
	size_t track = producer_track(to, happening->producer, OF_PRODUCER + happening->thread);

	return to->tracks[track].told
		       ? track
		       : use_track(
				 to, track, use_producer(to, happening->producer),
				 happening->tid == UNKNOWN
					 ? "calls of a thread"
					 : model_format(to->run, "calls of thread %s",
							words_number(to->run, happening->tid)));
}

static size_t use_socket(struct timelines *to, int64_t number)
{
	const struct socket *socket = &to->process->sockets[number];
	size_t track = socket_track(to, number, TRACK_SOCKET);

	return to->tracks[track].told
		       ? track
		       : use_track(to, track, use_self(to),
				   model_format(to->run, "connection to %s, descriptor %s",
						socket->peer ? socket->peer : "?",
						socket->fd == UNKNOWN
							? "?"
							: words_number(to->run, socket->fd)));
}

/* ---- events on them ---- */

/* Converts to CLOCK_REALTIME; 0: there is no such time. */
static uint64_t realtime(const struct timelines *to, int64_t at_ns)
{
	int64_t time;

	if (at_ns == UNKNOWN || to->process->start_realtime_ns == UNKNOWN ||
	    __builtin_add_overflow(to->process->start_realtime_ns, at_ns, &time) || time <= 0)
		return 0;
	return (uint64_t)time;
}

static void annotate_number(struct timelines *to, const char *name, int64_t value)
{
	if (value == UNKNOWN)
		return;
	protobuf_text(&to->inner, ANNOTATION_NAME, name);
	protobuf_number(&to->inner, ANNOTATION_INT, (uint64_t)value);
	protobuf_message(&to->event, EVENT_ANNOTATION, &to->inner);
}

static void annotate_text(struct timelines *to, const char *name, const char *value)
{
	if (!value)
		return;
	protobuf_text(&to->inner, ANNOTATION_NAME, name);
	protobuf_text(&to->inner, ANNOTATION_TEXT, value);
	protobuf_message(&to->event, EVENT_ANNOTATION, &to->inner);
}

/* Writes the event, with the fields that to->event has already (annotations, a counter's
 * value). */
static void event_write(struct timelines *to, size_t track, unsigned type, int64_t at_ns,
			const char *name)
{
	uint64_t time = realtime(to, at_ns);

	if (time == 0) {
		protobuf_clear(&to->event);
		return;
	}
	if (at_ns > to->last_ns)
		to->last_ns = at_ns;
	protobuf_number(&to->event, EVENT_TYPE, type);
	protobuf_number(&to->event, EVENT_TRACK, uuid_of(to, track));
	if (name) {
		protobuf_text(&to->event, EVENT_CATEGORY, "unflushed");
		protobuf_text(&to->event, EVENT_NAME, name);
	}
	protobuf_number(&to->packet, PACKET_TIMESTAMP, time);
	protobuf_number(&to->packet, PACKET_TIMESTAMP_CLOCK, BUILTIN_REALTIME);
	protobuf_message(&to->packet, PACKET_TRACK_EVENT, &to->event);
	packet_write(to);
	to->tracks[track].open += type == TYPE_SLICE_BEGIN;
	to->tracks[track].open -= type == TYPE_SLICE_END;
}

static void count(struct timelines *to, size_t track, int64_t at_ns, int64_t value)
{
	protobuf_number(&to->event, EVENT_COUNTER, (uint64_t)value);
	event_write(to, track, TYPE_COUNTER, at_ns, NULL);
}

static void count_permille(struct timelines *to, size_t track, int64_t at_ns, int64_t value)
{
	protobuf_double(&to->event, EVENT_COUNTER_DOUBLE, (double)value / 10);
	event_write(to, track, TYPE_COUNTER, at_ns, NULL);
}

static void annotate_value(struct timelines *to, const char *name, enum names_list names,
			   int64_t value)
{
	const char *word = names_find(names, (uint64_t)value);

	if (word)
		annotate_text(to, name, word);
	else
		annotate_number(to, name, value);
}

static void annotate_values(struct timelines *to, const struct happening *happening)
{
	const struct event_kind *kind = happening->kind;

	annotate_value(to, kind->a, kind->names_a, happening->a);
	annotate_value(to, kind->b, kind->names_b, happening->b);
	if (happening->times > 1)
		annotate_number(to, "writes", happening->times);
}

/* Ends a slice that took `took_ns`. UNKNOWN: the duration is not known; if its begin is
 * missing, too, the event becomes an instant. */
static void slice_end(struct timelines *to, size_t track, const struct happening *happening,
		      const char *name, int64_t took_ns)
{
	int64_t began_ns;

	if (to->tracks[track].open == 0) {
		if (took_ns == UNKNOWN || took_ns < 0 ||
		    __builtin_sub_overflow(happening->at_ns, took_ns, &began_ns)) {
			annotate_values(to, happening);
			event_write(to, track, TYPE_INSTANT, happening->at_ns,
				    happening->kind->name);
			return;
		}
		event_write(to, track, TYPE_SLICE_BEGIN, began_ns, name);
	}
	annotate_values(to, happening);
	event_write(to, track, TYPE_SLICE_END, happening->at_ns, NULL);
}

static void slice_begin(struct timelines *to, size_t track, const struct happening *happening,
			const char *name)
{
	annotate_values(to, happening);
	event_write(to, track, TYPE_SLICE_BEGIN, happening->at_ns, name);
}

static void instant(struct timelines *to, size_t track, const struct happening *happening,
		    const char *name)
{
	annotate_values(to, happening);
	event_write(to, track, TYPE_INSTANT, happening->at_ns, name);
}

/* ---- events of the trace ---- */

static void of_producer(struct timelines *to, const struct happening *happening)
{
	size_t self = use_producer(to, happening->producer);
	size_t transactions = producer_track(to, happening->producer, TRACK_TRANSACTIONS);

	switch (happening->number) {
	case EVENT_FLUSH_BEGIN:
		slice_begin(to, use_calls(to, happening), happening, "flush");
		return;
	case EVENT_FLUSH_END:
		slice_end(to, use_calls(to, happening), happening, "flush", happening->b);
		return;
	case EVENT_DESTROY_BEGIN:
		slice_begin(to, use_calls(to, happening), happening, "close");
		return;
	case EVENT_DESTROY_END:
		slice_end(to, use_calls(to, happening), happening, "close", UNKNOWN);
		return;
	case EVENT_TRANSACTION_BEGIN:
		use_track(to, transactions, self, "transactions");
		slice_begin(to, transactions, happening, "transaction");
		return;
	case EVENT_TRANSACTION_END:
		use_track(to, transactions, self, "transactions");
		slice_end(to, transactions, happening, "transaction", UNKNOWN);
		return;
	default:
		instant(to, self, happening, happening->kind->name);
	}
}

/* Adds the fill of the send buffer and the unacknowledged bytes, if the event has them. */
static void socket_counters(struct timelines *to, const struct happening *happening,
			    int64_t fill, int64_t unacked)
{
	int64_t socket = happening->socket;
	size_t self = use_socket(to, socket);

	if (fill != UNKNOWN)
		count_permille(to,
			       use_counter(to, socket_track(to, socket, TRACK_FILL), self,
					   "send buffer", 0, "%"),
			       happening->at_ns, fill);
	if (unacked != UNKNOWN)
		count(to,
		      use_counter(to, socket_track(to, socket, TRACK_UNACKED), self,
				  "not acknowledged by TCP", UNIT_BYTES, NULL),
		      happening->at_ns, unacked);
}

static size_t use_stalls(struct timelines *to, int64_t socket)
{
	return use_track(to, socket_track(to, socket, TRACK_STALLS), use_socket(to, socket),
			 "stalls");
}

static void of_socket(struct timelines *to, const struct happening *happening)
{
	size_t self = use_socket(to, happening->socket);

	switch (happening->number) {
	case EVENT_CONNECT:
	case EVENT_ACCEPTED:
		slice_begin(to, self, happening, "connection");
		return;
	case EVENT_CLOSE:
		socket_counters(to, happening, UNKNOWN, happening->a);
		slice_end(to, self, happening, "connection", UNKNOWN);
		return;
	case EVENT_STALL_BEGIN:
		socket_counters(to, happening, happening->a, happening->b);
		slice_begin(to, use_stalls(to, happening->socket), happening, "stall");
		return;
	case EVENT_STALL_END:
		slice_end(to, use_stalls(to, happening->socket), happening, "stall",
			  happening->a);
		return;
	case EVENT_FILL:
		socket_counters(to, happening, happening->a, happening->b);
		return;
	case EVENT_WRITE:
		instant(to, self, happening, happening->b == -EAGAIN ? "EAGAIN" : "write");
		return;
	default:
		instant(to, self, happening, happening->kind->name);
	}
}

static void happen(struct timelines *to, const struct happening *happening)
{
	if (!happening->kind)
		return;
	if (happening->producer != UNKNOWN)
		of_producer(to, happening);
	else if (happening->socket != UNKNOWN)
		of_socket(to, happening);
	else
		instant(to, use_self(to), happening, happening->kind->name);
}

/* ---- data of the model ---- */

static void add_series(struct timelines *to)
{
	const struct process *process = to->process;

	for (size_t i = 0; i < process->moment_count; i++) {
		const struct moment *moment = &process->moments[i];
		int64_t at_ns = moment->at_ns - process->trace_start_ns;

		count(to,
		      use_counter(to, TRACK_OUTSTANDING, TRACK_SELF, "outstanding messages",
				  UNIT_COUNT, NULL),
		      at_ns, moment->produced - moment->settled);
		count(to,
		      use_counter(to, TRACK_ACCEPTED, TRACK_SELF, "taken by the kernel",
				  UNIT_BYTES, NULL),
		      at_ns, moment->accepted_bytes);
		if (moment->fill_max != UNKNOWN)
			count_permille(to,
				       use_counter(to, TRACK_FULLEST, TRACK_SELF,
						   "fullest send buffer", 0, "%"),
				       at_ns, moment->fill_max);
	}
}

static void annotate_verdict(struct timelines *to)
{
	const struct process *process = to->process;

	annotate_text(to, "verdict", verdict_name(process->verdict));
	annotate_number(to, "lost_certain", process->losses.certain);
	annotate_number(to, "lost_possible", process->losses.possible);
	if (process->finding_count)
		annotate_text(to, process->findings[0].id, process->findings[0].text);
	annotate_text(to, "trace", process->trace);
}

static void begin_life(struct timelines *to)
{
	annotate_verdict(to);
	event_write(to, use_self(to), TYPE_SLICE_BEGIN, 0,
		    to->process->program ? to->process->program : "?");
}

/* Ends slices that are still open when the process ended or, if that is not known, at the last
 * known time of the process. */
static void end_life(struct timelines *to)
{
	const struct process *process = to->process;
	int64_t end_ns = process->duration_ns == UNKNOWN || process->duration_ns < to->last_ns
				 ? to->last_ns
				 : process->duration_ns;

	annotate_verdict(to);
	event_write(to, TRACK_SELF, TYPE_INSTANT, end_ns,
		    model_format(to->run, "%s: %s", verdict_name(process->verdict),
				 words_end(to->run, process)));
	for (size_t track = to->track_count; track-- > 0;)
		for (unsigned left = to->tracks[track].open; left > 0; left--)
			event_write(to, track, TYPE_SLICE_END, end_ns, NULL);
}

static void add_process(struct timelines *to)
{
	struct happening happening;
	struct history history;
	bool has_events = history_open(&history, to->process, &to->walk);

	to->threads = has_events ? reader_rows(&history.reader, SECTION_THREAD) : 0;
	to->track_count = socket_track(to, (int64_t)to->process->socket_count, 0);
	to->tracks = memory_zeroed(to->track_count, sizeof *to->tracks);
	to->last_ns = 0;
	begin_life(to);
	add_series(to);
	while (has_events && history_next(&history, &happening))
		happen(to, &happening);
	end_life(to);
	free(to->tracks);
	if (has_events)
		history_close(&history);
}

/* Uses the first process's start: any time will do, because there is only one clock. */
static void add_clock(struct timelines *to)
{
	int64_t at_ns = 1;

	for (size_t i = to->run->process_count; i-- > 0;)
		if (to->run->processes[i].start_realtime_ns > 0)
			at_ns = to->run->processes[i].start_realtime_ns;
	protobuf_number(&to->inner, CLOCK_ID, BUILTIN_REALTIME);
	protobuf_number(&to->inner, CLOCK_TIMESTAMP, (uint64_t)at_ns);
	protobuf_message(&to->event, SNAPSHOT_CLOCKS, &to->inner);
	protobuf_number(&to->event, SNAPSHOT_PRIMARY, BUILTIN_REALTIME);
	protobuf_message(&to->packet, PACKET_CLOCK_SNAPSHOT, &to->event);
	packet_write(to);
}

static int by_pid(const void *a, const void *b)
{
	const struct process *left = *(const struct process *const *)a;
	const struct process *right = *(const struct process *const *)b;

	if (left->pid != right->pid)
		return left->pid < right->pid ? -1 : 1;
	return left < right ? -1 : left > right;
}

/* Processes of different machines may have the same pid, which Perfetto would take for one
 * process: only the first of them gets the pid. */
static bool *first_of_pid(const struct run *run)
{
	bool *first = memory_zeroed(run->process_count + 1, sizeof *first);
	const struct process **order = memory_zeroed(run->process_count + 1, sizeof *order);

	for (size_t i = 0; i < run->process_count; i++)
		order[i] = &run->processes[i];
	qsort(order, run->process_count, sizeof *order, by_pid);
	for (size_t i = 0; i < run->process_count; i++)
		first[order[i] - run->processes] = i == 0 || order[i]->pid != order[i - 1]->pid;
	free(order);
	return first;
}

void render_perfetto(struct run *run, const struct render_options *options, FILE *out)
{
	struct timelines to = {.run = run, .out = out};
	bool *first = first_of_pid(run);

	(void)options;
	add_clock(&to);
	for (size_t i = 0; i < run->process_count; i++) {
		to.process = &run->processes[i];
		to.owns_pid = first[i];
		add_process(&to);
	}
	free(first);
	find_walk_end(&to.walk);
	protobuf_free(&to.packet);
	protobuf_free(&to.event);
	protobuf_free(&to.inner);
	protobuf_free(&to.descriptor);
}
