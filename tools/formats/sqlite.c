/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlite.c - the run as a database of SQLite: a table for each thing, views of what was lost.
 *
 * Rows come from the JSON summary, and the numbers of things are their indexes
 * there. Events and stalls, which it does not have, are read from the traces
 * again.
 */
#include <string.h>

#include "format/format.h"
#include "formats/database.h"
#include "formats/history.h"
#include "formats/program.h"
#include "memory/memory.h"
#include "model/number.h"
#include "render/json_value.h"
#include "render/render.h"
#include "render/render_json.h"
#include "render/render_text.h"

#define LAYOUT 1

/* ---- the summary ---- */

/* Adds a row for each object of an array, below the rows that `keys` (at most three)
 * number. */
static void add_each(struct database *database, const char *table, json_t *array,
		     const int64_t *keys, size_t key_count)
{
	int64_t numbers[4];
	json_t *object;
	size_t i;

	memcpy(numbers, keys, key_count * sizeof *numbers);
	json_array_foreach(array, i, object)
	{
		numbers[key_count] = (int64_t)i;
		database_row(database, table, object, numbers);
	}
}

static void add_producers(struct database *database, json_t *producers, int64_t process)
{
	json_t *producer, *site;
	size_t i, j;

	json_array_foreach(producers, i, producer)
	{
		const int64_t keys[] = {process, (int64_t)i};
		json_t *sites = json_object_get(producer, "call_sites");

		database_row(database, "producer", producer, keys);
		add_each(database, "topic", json_object_get(producer, "topics"), keys, 2);
		add_each(database, "site", sites, keys, 2);
		json_array_foreach(sites, j, site)
		{
			add_each(database, "frame", json_object_get(site, "frames"),
				 NUMBERS(process, (int64_t)i, (int64_t)j), 3);
		}
	}
}

static void add_process(struct database *database, struct run *run,
			const struct process *process, int64_t events)
{
	int64_t number = process - run->processes;
	json_t *object = json_of_process(run, process);

	json_object_set_new(object, "program", json_of_text(process->program));
	database_row(database, "process", object,
		     NUMBERS(number, 1, process->start_realtime_ns, program_ended_ns(process),
			     events,
			     number_sum(process->recycled_sockets, process->dropped_sockets)));
	add_producers(database, json_object_get(object, "producers"), number);
	add_each(database, "socket", json_object_get(object, "sockets"), &number, 1);
	add_each(database, "finding", json_object_get(object, "findings"), &number, 1);
	json_decref(object);
}

static json_t *run_object(struct run *run)
{
	return json_pack("{s:s, s:s, s:b, s:o, s:{s:o, s:o}, s:I, s:I, s:I}",
			 "unflushed_version", UNFLUSHED_VERSION, "verdict",
			 verdict_name(run->verdict), "known", (int)run->known, "headline",
			 json_of_text(text_headline(run)), "losses", "certain",
			 json_of_number(run->losses.certain), "possible",
			 json_of_number(run->losses.possible), "left_out",
			 (json_int_t)run->left_out, "copies", (json_int_t)run->copies,
			 "without_kafka", (json_int_t)run->without_kafka);
}

/* ---- the kinds of events ---- */

static void add_words(struct database *database, unsigned kind, enum names_list list,
		      const char *of)
{
	for (int64_t number = 0; number < 64 && list != NAMES_NONE; number++) {
		const char *word = names_find(list, (uint64_t)number);
		json_t *object = json_object();

		json_object_set_new(object, "of", json_string(of));
		json_object_set_new(object, "word", json_of_text(word));
		if (word)
			database_row(database, "event_word", object, NUMBERS(kind, number));
		json_decref(object);
	}
}

static void add_kinds(struct database *database)
{
	for (unsigned number = 0; number < event_kinds; number++) {
		const struct event_kind *kind = event_kind_of(number);
		json_t *object = json_object();

		if (kind) {
			json_object_set_new(object, "name", json_string(kind->name));
			json_object_set_new(object, "a",
					    json_of_text(*kind->a ? kind->a : NULL));
			json_object_set_new(object, "b",
					    json_of_text(*kind->b ? kind->b : NULL));
			database_row(database, "event_kind", object, NUMBERS(number));
			add_words(database, number, kind->names_a, "a");
			add_words(database, number, kind->names_b, "b");
		}
		json_decref(object);
	}
}

/* ---- events, and stalls ---- */

struct stall {
	int64_t socket, began_ns, took_ns, fill_permille, unsent_bytes;
	const char *cause;
};

/* The events of one process, while they are added to the database. */
struct events {
	struct database *database;
	int64_t process, count, stalls;
	struct stall *open; /* by socket; took_ns: 0 while it is open; UNKNOWN: none */
};

static void add_stall(struct events *events, const struct stall *stall)
{
	json_t *object = json_object();

	json_object_set_new(object, "cause", json_of_text(stall->cause));
	database_row(events->database, "stall", object,
		     NUMBERS(events->process, events->stalls++, stall->socket, stall->began_ns,
			     stall->took_ns, stall->fill_permille, stall->unsent_bytes));
	json_decref(object);
}

static void stall_begins(struct events *events, const struct happening *happening)
{
	if (happening->socket != UNKNOWN)
		events->open[happening->socket] =
			(struct stall){happening->socket, happening->at_ns, 0,
				       happening->a,	  happening->b,	    NULL};
}

/* The begin event may have been overwritten, or be about an earlier connection in the same
 * row. */
static void stall_ends(struct events *events, const struct happening *happening)
{
	struct stall stall = {happening->socket, 0, happening->a, UNKNOWN, UNKNOWN, NULL};
	struct stall *open =
		happening->socket == UNKNOWN ? NULL : &events->open[happening->socket];

	if (happening->a == UNKNOWN ||
	    __builtin_sub_overflow(happening->at_ns, happening->a, &stall.began_ns))
		return;
	if (open && open->took_ns == 0) {
		stall.fill_permille = open->fill_permille;
		stall.unsent_bytes = open->unsent_bytes;
		open->took_ns = UNKNOWN;
	}
	stall.cause = names_find(NAMES_stall_causes, (uint64_t)happening->b);
	add_stall(events, &stall);
}

static void add_event(struct events *events, const struct happening *happening)
{
	database_row(events->database, "event", NULL,
		     NUMBERS(events->process, events->count++, happening->at_ns, happening->tid,
			     happening->kind ? (int64_t)happening->number : UNKNOWN,
			     happening->producer, happening->socket, happening->a, happening->b,
			     happening->times));
	if (happening->number == EVENT_STALL_BEGIN)
		stall_begins(events, happening);
	if (happening->number == EVENT_STALL_END)
		stall_ends(events, happening);
}

/* Returns how many; UNKNOWN: the events cannot be read. */
static int64_t add_events(struct database *database, const struct run *run,
			  const struct process *process, struct find_walk *walk)
{
	struct events events = {.database = database, .process = process - run->processes};
	struct happening happening;
	struct history history;

	if (!history_open(&history, process, walk))
		return UNKNOWN;
	events.open = memory_zeroed(process->socket_count + 1, sizeof *events.open);
	for (size_t i = 0; i < process->socket_count; i++)
		events.open[i].took_ns = UNKNOWN;
	while (history_next(&history, &happening))
		add_event(&events, &happening);
	for (size_t i = 0; i < process->socket_count; i++)
		if (events.open[i].took_ns == 0) {
			events.open[i].took_ns = UNKNOWN;
			add_stall(&events, &events.open[i]);
		}
	free(events.open);
	history_close(&history);
	return events.count;
}

void render_sqlite(struct run *run, const struct render_options *options, FILE *out)
{
	struct database *database = database_begin();
	json_t *object = run_object(run);
	struct find_walk walk = {0};
	const char *why;

	database_row(database, "run", object, NUMBERS(1, LAYOUT));
	json_decref(object);
	add_kinds(database);
	for (size_t i = 0; i < run->process_count; i++)
		add_process(database, run, &run->processes[i],
			    add_events(database, run, &run->processes[i], &walk));
	find_walk_end(&walk);
	why = database_end(database, run, out);
	if (why && options->why)
		*options->why = why;
}
