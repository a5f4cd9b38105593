/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screen_json.c - a screen as one line of JSON, schema unflushed.top/1.
 *
 * schema/unflushed.top-1.json describes it; keys may be added, never renamed or removed.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "memory/memory.h"
#include "model/words.h"
#include "read/printable.h"
#include "render/json_value.h"
#include "top/screen.h"

static json_t *rate(double value)
{
	return value < 0 ? json_null() : json_real(value);
}

static json_t *process_json(const struct process *process)
{
	json_t *object = json_object();

	json_object_set_new(object, "pid", json_of_number(process->pid));
	json_object_set_new(object, "program", json_of_text(process->program));
	json_object_set_new(object, "exe", json_of_text(process->exe));
	json_object_set_new(object, "trace", json_of_text(process->trace));
	json_object_set_new(object, "certainly_runs",
			    json_boolean(process->how == ENDED_RUNNING));
	return object;
}

static json_t *stall_json(const struct row_stall *stall)
{
	json_t *object;

	if (!stall->socket)
		return json_null();
	object = json_object();
	json_object_set_new(object, "broker", json_of_text(stall->socket->broker));
	json_object_set_new(object, "peer", json_of_text(stall->socket->peer));
	json_object_set_new(object, "lasted_ns", json_of_number(stall->lasted_ns));
	json_object_set_new(object, "cause", json_of_text(row_cause_id(stall->cause)));
	json_object_set_new(object, "cause_of_earlier",
			    json_of_text(row_cause_id(stall->earlier)));
	json_object_set_new(object, "connections", json_integer((json_int_t)stall->count));
	return object;
}

static bool has_text(const json_t *array, const char *words)
{
	json_t *item;
	size_t i;

	json_array_foreach(array, i,
			   item) if (!strcmp(json_string_value(item), words)) return true;
	return false;
}

static json_t *topics_json(const struct producer *producer)
{
	json_t *array = json_array();

	for (size_t i = 0; producer && i < producer->topic_count; i++) {
		const char *name = producer->topics[i].name;

		if (name && !has_text(array, name))
			json_array_append_new(array, json_string(name));
	}
	return array;
}

static json_t *messages_json(const struct producer *producer)
{
	json_t *object;

	if (!producer)
		return json_null();
	object = json_object();
	for (int i = 0; i < AMOUNT_COUNT; i++)
		if (i != UNSENT && i != IN_FLIGHT)
			json_object_set_new(object, amount_name((enum amount)i),
					    json_of_number(producer->tally.messages[i]));
	return object;
}

static json_t *row_json(const struct row *row)
{
	const struct process *process = row->reading->process;
	const struct producer *producer =
		row->producer == ROW_NO_PRODUCER ? NULL : &process->producers[row->producer];
	json_t *object = json_object();

	json_object_set_new(object, "process", process_json(process));
	json_object_set_new(object, "name",
			    producer ? json_string(screen_producer_words(row)) : json_null());
	json_object_set_new(object, "client",
			    json_of_text(producer ? words_client(producer->client) : NULL));
	json_object_set_new(object, "topics", topics_json(producer));
	json_object_set_new(object, "produced_per_s", rate(row->produced_per_s));
	json_object_set_new(object, "delivered_per_s", rate(row->delivered_per_s));
	json_object_set_new(object, "messages", messages_json(producer));
	json_object_set_new(object, "outstanding", json_of_number(row->outstanding));
	json_object_set_new(object, "outstanding_bytes",
			    json_of_number(row->outstanding_bytes));
	json_object_set_new(object, "oldest_at_least_ns", json_of_number(row->oldest_ns));
	json_object_set_new(object, "undelivered_at_least_ns",
			    json_of_number(row->undelivered_ns));
	json_object_set_new(object, "send_buffer_fill_permille", json_of_number(row->fill));
	json_object_set_new(object, "stall", stall_json(&row->stall));
	return object;
}

static json_t *end_json(const struct watch_end *end)
{
	static const char *const how[] = {
		[ENDED_EXIT] = "exit",	 [ENDED_UNDERSCORE_EXIT] = "_exit",
		[ENDED_ABORT] = "abort", [ENDED_SIGNAL] = "signal",
		[ENDED_EXEC] = "exec",	 [ENDED_VANISHED] = "vanished",
		[ENDED_RUNNING] = NULL,	 [ENDED_UNKNOWN] = NULL,
	};
	const struct process *process = end->last->process;
	json_t *object = process_json(process);
	bool known = !end->removed;

	json_object_del(object, "certainly_runs");
	json_object_set_new(object, "trace_removed", json_boolean(end->removed));
	json_object_set_new(object, "how", json_of_text(known ? how[process->how] : NULL));
	json_object_set_new(object, "status",
			    json_of_number(known ? process->status : UNKNOWN));
	json_object_set_new(object, "signal",
			    json_of_number(known ? process->signal : UNKNOWN));
	json_object_set_new(object, "verdict",
			    json_of_text(known ? verdict_name(process->verdict) : NULL));
	json_object_set_new(object, "never_arrived",
			    json_of_number(known ? process->losses.certain : UNKNOWN));
	json_object_set_new(object, "may_be_lost",
			    json_of_number(known ? process->losses.possible : UNKNOWN));
	return object;
}

/* Untrusted bytes, not escaped yet. */
static json_t *printable_json(const char *bytes)
{
	char *text = printable_text(bytes);
	json_t *words = json_string(text);

	free(text);
	return words;
}

static json_t *cannot_json(const char *path, const char *why)
{
	json_t *object = json_object();

	json_object_set_new(object, "path", printable_json(path));
	json_object_set_new(object, "why", printable_json(why));
	return object;
}

static json_t *unreadable_json(const struct screen *screen)
{
	json_t *array = json_array();

	for (size_t i = 0; i < screen->watch->count; i++) {
		const struct watched *item = &screen->watch->items[i];

		if (item->state == WATCHED_UNREADABLE)
			json_array_append_new(array, cannot_json(item->path, item->why));
	}
	if (screen->watch->lost_operand)
		json_array_append_new(array, cannot_json(screen->watch->lost_operand,
							 screen->watch->lost_why));
	return array;
}

void screen_json(const struct screen *screen, FILE *out)
{
	struct run memory = {0};
	json_t *root = json_object(), *rows = json_array(), *ends = json_array();

	for (size_t i = 0; i < screen->count; i++)
		json_array_append_new(rows, row_json(&screen->rows[i]));
	for (size_t i = screen->watch->ends_new; i < screen->watch->end_count; i++)
		json_array_append_new(ends, end_json(&screen->watch->ends[i]));
	json_object_set_new(root, "schema", json_string("unflushed.top/1"));
	json_object_set_new(root, "time", json_string(screen_time_words(&memory, screen)));
	json_object_set_new(root, "since_ns", json_of_number(screen->since_ns));
	json_object_set_new(root, "producers", rows);
	json_object_set_new(root, "ended", ends);
	json_object_set_new(root, "unreadable", unreadable_json(screen));
	json_object_set_new(root, "undetermined",
			    json_integer((json_int_t)screen->undetermined));
	json_object_set_new(root, "without_kafka",
			    json_integer((json_int_t)screen->without_kafka));
	if (json_dumpf(root, out, JSON_COMPACT) < 0 && !ferror(out))
		memory_out();
	fputc('\n', out);
	json_decref(root);
	model_free(&memory);
}
