/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render_json.c - the summary as JSON, schema unflushed.summary/1.
 *
 * schema/unflushed.summary-1.json describes it; keys may be added, never
 * renamed or removed. Unknown is null.
 */
#include "render/render_json.h"

#include <time.h>

#include "model/words.h"
#include "render/json_value.h"
#include "render/notes.h"
#include "render/render_text.h"

static json_t *rfc3339(int64_t realtime_ns)
{
	char date[32], words[64];
	struct tm utc;

	if (realtime_ns == UNKNOWN)
		return json_null();
	time_t seconds = (time_t)(realtime_ns / 1000000000);
	if (!gmtime_r(&seconds, &utc) ||
	    !strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &utc))
		return json_null();
	snprintf(words, sizeof words, "%s.%06ldZ", date,
		 (long)(realtime_ns % 1000000000) / 1000);
	return json_string(words);
}

static json_t *strings(const char *const *list, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, json_of_text(list[i]));
	return array;
}

static json_t *end(const struct process *process)
{
	static const char *const how[] = {
		[ENDED_EXIT] = "exit",	     [ENDED_UNDERSCORE_EXIT] = "_exit",
		[ENDED_ABORT] = "abort",     [ENDED_SIGNAL] = "signal",
		[ENDED_EXEC] = "exec",	     [ENDED_VANISHED] = "vanished",
		[ENDED_RUNNING] = "running", [ENDED_UNKNOWN] = NULL,
	};
	static const char *const call[] = {
		[HOW_RETURN] = "return",
		[HOW_EXIT] = "exit",
		[HOW_UNDERSCORE_EXIT] = "_exit",
		[HOW_QUICK_EXIT] = "quick_exit",
		[HOW_ABORT] = "abort",
		[HOW_EXEC] = "exec",
		[HOW_UNKNOWN] = NULL,
	};
	json_t *object = json_object();

	json_object_set_new(object, "how", json_of_text(how[process->how]));
	json_object_set_new(object, "call", json_of_text(call[process->recorded]));
	json_object_set_new(object, "status", json_of_number(process->status));
	json_object_set_new(object, "signal", json_of_number(process->signal));
	return object;
}

static json_t *libraries(const struct process *process)
{
	static const char *const linkage[] = {
		[LINKAGE_SHARED] = "shared", [LINKAGE_PRIVATE] = "private",
		[LINKAGE_ADDON] = "addon",   [LINKAGE_DLSYM] = "dlsym",
		[LINKAGE_STATIC] = "static",
	};
	json_t *array = json_array();

	for (size_t i = 0; i < process->library_count; i++) {
		const struct library *library = &process->libraries[i];
		bool known = library->linkage >= LINKAGE_SHARED &&
			     library->linkage <= LINKAGE_STATIC;
		json_t *object = json_object();

		json_object_set_new(object, "version", json_of_text(library->version));
		json_object_set_new(object, "path", json_of_text(library->path));
		json_object_set_new(object, "linkage",
				    json_of_text(known ? linkage[library->linkage] : NULL));
		json_array_append_new(array, object);
	}
	return array;
}

/* An interpreter or a JVM, and the clients in it that are written in its language. */
static json_t *runtime(const char *version, const struct runtime_client *clients, size_t count)
{
	json_t *object, *array;

	if (!version)
		return json_null();
	object = json_object();
	array = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *entry = json_object();

		json_object_set_new(entry, "name", json_of_text(clients[i].name));
		json_object_set_new(entry, "version", json_of_text(clients[i].version));
		json_object_set_new(entry, "probed", json_boolean(clients[i].probed));
		json_array_append_new(array, entry);
	}
	json_object_set_new(object, "version", json_of_text(version));
	json_object_set_new(object, "clients", array);
	return object;
}

static json_t *layers(struct run *run, const struct process *process)
{
	const char **notes = notes_of(run, process);
	size_t count = 0;
	json_t *object = json_object();

	while (notes[count])
		count++;
	json_object_set_new(object, "librdkafka", libraries(process));
	/* A shim that was not loaded has seen no connection. */
	json_object_set_new(object, "wire",
			    process->trace	   ? json_boolean(process->socket_count > 0)
			    : process->shim_loaded ? json_false()
						   : json_null());
	json_object_set_new(object, "python",
			    runtime(process->python_version, process->python_clients,
				    process->python_client_count));
	json_object_set_new(
		object, "jvm",
		runtime(process->jvm_version, process->jvm_clients, process->jvm_client_count));
	json_object_set_new(object, "notes", strings(notes, count));
	return object;
}

/* Its index in the producer's call_sites. */
static json_t *finding_site(const struct process *process, const struct finding *finding)
{
	if (!finding->site || finding->producer == UNKNOWN)
		return json_null();
	return json_integer(finding->site - process->producers[finding->producer].sites);
}

/* Their indexes in the process's peers. */
static json_t *finding_peers(const struct finding *finding)
{
	json_t *array = json_array();

	for (size_t i = 0; i < finding->peer_count; i++)
		json_array_append_new(array, json_integer((json_int_t)finding->peers[i]));
	return array;
}

static json_t *signature_json(const struct signature *signature)
{
	json_t *object = json_object(), *functions = json_array();

	for (size_t i = 0; i < SIGNATURE_FUNCTIONS && signature->functions[i]; i++) {
		json_t *function = json_object();

		json_object_set_new(function, "function",
				    json_of_text(signature->functions[i]));
		json_object_set_new(function, "file", json_of_text(signature->files[i]));
		json_array_append_new(functions, function);
	}
	json_object_set_new(object, "digits", json_of_text(signature->digits));
	json_object_set_new(object, "family", json_of_text(signature->family));
	json_object_set_new(object, "program", json_of_text(signature->program));
	json_object_set_new(object, "functions", functions);
	json_object_set_new(object, "topic", json_of_text(signature->topic));
	json_object_set_new(object, "unstable", json_boolean(signature->unstable));
	return object;
}

static json_t *worded_for(const struct finding *finding)
{
	return json_pack("{s:o, s:o}", "language", json_of_text(finding->worded_language),
			 "client", json_of_text(finding->worded_client));
}

static json_t *finding_json(const struct process *process, const struct finding *finding)
{
	json_t *object = json_object(), *evidence = json_object();

	for (size_t i = 0; i < finding->evidence_count; i++)
		json_object_set_new(evidence, finding->evidence[i].name,
				    json_of_number(finding->evidence[i].value));
	json_object_set_new(object, "id", json_of_text(finding->id));
	json_object_set_new(object, "verdict", json_of_text(verdict_name(finding->verdict)));
	json_object_set_new(object, "signature", signature_json(finding->signature));
	json_object_set_new(object, "known", json_of_text(finding->known));
	json_object_set_new(object, "producer", json_of_number(finding->producer));
	json_object_set_new(object, "socket", json_of_number(finding->socket));
	json_object_set_new(object, "call_site", finding_site(process, finding));
	json_object_set_new(object, "text", json_of_text(finding->text));
	json_object_set_new(object, "evidence", evidence);
	json_object_set_new(object, "peers", finding_peers(finding));
	json_object_set_new(object, "change", json_of_text(finding->change));
	json_object_set_new(object, "fix", json_of_text(finding->fix));
	json_object_set_new(object, "worded_for", worded_for(finding));
	return object;
}

static json_t *faults(const struct process *process)
{
	json_t *array = json_array();

	for (size_t i = 0; i < process->fault_count; i++) {
		json_t *object = json_object();

		json_object_set_new(object, "offset",
				    json_integer((json_int_t)process->faults[i].offset));
		json_object_set_new(object, "what", json_of_text(process->faults[i].what));
		json_array_append_new(array, object);
	}
	return array;
}

/* null: not under --prove, or none of its connections went through the relay. */
static json_t *prove_json(const struct withheld *withheld)
{
	json_t *object;

	if (withheld->patience_ns == UNKNOWN)
		return json_null();
	object = json_object();
	json_object_set_new(object, "d_ns", json_of_number(withheld->patience_ns));
	json_object_set_new(object, "holds", json_of_number(withheld->holds));
	json_object_set_new(object, "held_ns", json_of_number(withheld->held_ns));
	json_object_set_new(object, "by_wait", json_of_number(withheld->by_wait));
	json_object_set_new(object, "by_time", json_of_number(withheld->by_time));
	json_object_set_new(object, "by_end", json_of_number(withheld->by_end));
	json_object_set_new(object, "shortened", json_boolean(withheld->shortened));
	return object;
}

json_t *json_of_process(struct run *run, const struct process *process)
{
	json_t *object = json_object();
	json_t *producers = json_array(), *sockets = json_array(), *findings = json_array();

	for (size_t i = 0; i < process->producer_count; i++)
		json_array_append_new(producers,
				      json_of_producer(process, &process->producers[i]));
	for (size_t i = 0; i < process->socket_count; i++)
		json_array_append_new(sockets, json_of_socket(&process->sockets[i]));
	for (size_t i = 0; i < process->finding_count; i++)
		json_array_append_new(findings, finding_json(process, &process->findings[i]));
	json_object_set_new(object, "pid", json_of_number(process->pid));
	json_object_set_new(object, "ppid", json_of_number(process->ppid));
	json_object_set_new(object, "exe", json_of_text(process->exe));
	json_object_set_new(object, "argv", strings(process->argv, process->argc));
	json_object_set_new(object, "trace", json_of_text(process->trace));
	json_object_set_new(object, "start", rfc3339(process->start_realtime_ns));
	json_object_set_new(object, "duration_ns", json_of_number(process->duration_ns));
	json_object_set_new(object, "end", end(process));
	json_object_set_new(object, "layers", layers(run, process));
	json_object_set_new(object, "verdict", json_of_text(verdict_name(process->verdict)));
	json_object_set_new(object, "losses", json_of_losses(&process->losses));
	json_object_set_new(object, "prove", prove_json(&process->withheld));
	json_object_set_new(object, "producers", producers);
	json_object_set_new(object, "sockets", sockets);
	json_object_set_new(object, "peers", json_of_peers(run, process));
	json_object_set_new(object, "findings", findings);
	json_object_set_new(object, "series", json_of_series(process));
	json_object_set_new(object, "dropped_events", json_of_number(process->dropped_events));
	json_object_set_new(object, "faults", faults(process));
	return object;
}

/* The index of a process among those in the summary. */
static json_t *process_index(const struct run *run, json_t *const *made,
			     const struct process *process)
{
	json_int_t index = 0;

	if (!made)
		return json_integer(process - run->processes);
	for (const struct process *before = run->processes; before < process; before++)
		index += made[before - run->processes] != NULL;
	return json_integer(index);
}

/* The line that certainly lost most, as indexes into this summary. */
static json_t *where_json(const struct run *run, json_t *const *made)
{
	const struct where *where = &run->where;
	json_t *object;

	if (!where->site || (made && !made[where->process - run->processes]))
		return json_null();
	object = json_object();
	json_object_set_new(object, "process", process_index(run, made, where->process));
	json_object_set_new(object, "producer",
			    json_integer(where->producer - where->process->producers));
	json_object_set_new(object, "call_site",
			    json_integer(where->site - where->producer->sites));
	json_object_set_new(object, "messages", json_of_number(where->messages));
	json_object_set_new(object, "exact", json_boolean(where->exact));
	return object;
}

/* The frame that a finding names: function, file and line; null: it names none. */
static json_t *place_json(const struct finding *finding)
{
	const struct frame *frame = finding->site ? words_place_frame(finding->site) : NULL;
	json_t *object;

	if (!frame)
		return json_null();
	object = json_object();
	json_object_set_new(object, "function", json_of_text(frame->function));
	json_object_set_new(object, "file", json_of_text(frame->file));
	json_object_set_new(object, "line",
			    frame->line ? json_integer(frame->line) : json_null());
	return object;
}

json_t *json_of_group(const struct run *run, json_t *const *made, const struct group *group)
{
	json_t *object = json_object();

	json_object_set_new(object, "signature", signature_json(group->signature));
	json_object_set_new(object, "finding", json_of_text(group->finding->id));
	json_object_set_new(object, "verdict", json_of_text(verdict_name(group->verdict)));
	json_object_set_new(object, "losses", json_of_losses(&group->losses));
	json_object_set_new(object, "processes",
			    json_integer((json_int_t)group->process_count));
	json_object_set_new(object, "process", process_index(run, made, group->process));
	json_object_set_new(object, "first", rfc3339(group->first_ns));
	json_object_set_new(object, "last", rfc3339(group->last_ns));
	json_object_set_new(object, "where", place_json(group->finding));
	json_object_set_new(object, "change", json_of_text(group->finding->change));
	return object;
}

static json_t *groups_json(const struct run *run, json_t *const *made, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, json_of_group(run, made, &run->groups[i]));
	return array;
}

static json_t *row_json(const char *name, const struct row_numbers *numbers)
{
	json_t *object = json_object();

	json_object_set_new(object, "name", json_of_text(name));
	json_object_set_new(object, "produced", json_of_number(numbers->produced));
	json_object_set_new(object, "lost", json_of_number(numbers->certain));
	json_object_set_new(object, "possible", json_of_number(numbers->possible));
	json_object_set_new(object, "processes", json_of_number(numbers->processes));
	json_object_set_new(object, "first", rfc3339(numbers->first_ns));
	json_object_set_new(object, "last", rfc3339(numbers->last_ns));
	return object;
}

static json_t *by_json(const struct by_table *by)
{
	json_t *object = json_object(), *rows = json_array();

	for (size_t i = 0; i < by->count; i++)
		json_array_append_new(rows, row_json(by->rows[i].name, &by->rows[i].numbers));
	json_object_set_new(object, "key", json_of_text(by->key));
	json_object_set_new(object, "rows", rows);
	json_object_set_new(object, "rest",
			    by->has_rest ? row_json(NULL, &by->rest) : json_null());
	return object;
}

static json_t *processes_json(const struct run *run, json_t *const *made)
{
	json_t *array = json_array();

	for (size_t i = 0; i < run->process_count; i++)
		if (made[i])
			json_array_append_new(array, made[i]);
	return array;
}

json_t *json_of_summary(struct run *run, json_t *const *made, size_t groups)
{
	json_t *object = json_object(), *where = where_json(run, made);
	json_t *signatures = made ? groups_json(run, made, groups) : json_array();
	json_t *processes = made ? processes_json(run, made) : json_array();
	size_t missing = made ? run->process_count - json_array_size(processes) : 0;

	json_object_set_new(object, "schema", json_string("unflushed.summary/1"));
	json_object_set_new(object, "verdict", json_of_text(verdict_name(run->verdict)));
	json_object_set_new(object, "known", json_boolean(run->known));
	json_object_set_new(object, "headline", json_of_text(text_headline(run)));
	json_object_set_new(object, "why", json_of_text(text_why(run)));
	json_object_set_new(object, "losses", json_of_losses(&run->losses));
	json_object_set_new(object, "where", where);
	json_object_set_new(object, "signatures", signatures);
	if (groups < run->group_count)
		json_object_set_new(object, "signatures_left_out",
				    json_integer((json_int_t)(run->group_count - groups)));
	if (run->by)
		json_object_set_new(object, "by", by_json(run->by));
	json_object_set_new(object, "left_out",
			    json_integer((json_int_t)(run->left_out + missing)));
	json_object_set_new(object, "copies", json_of_number(run->copies));
	json_object_set_new(object, "without_kafka",
			    json_integer((json_int_t)run->without_kafka));
	json_object_set_new(object, "processes", processes);
	return object;
}

static json_t *group_at(void *of, size_t index)
{
	const struct run *run = of;

	return json_of_group(run, NULL, &run->groups[index]);
}

static json_t *process_at(void *of, size_t index)
{
	struct run *run = of;

	return json_of_process(run, &run->processes[index]);
}

/* Each process, and each signature, is made, written and freed before the next. */
void render_json(struct run *run, const struct render_options *options, FILE *out)
{
	const struct json_filling fillings[] = {
		{"signatures", run->group_count, group_at, run},
		{"processes", run->process_count, process_at, run},
	};
	json_t *summary = json_of_summary(run, NULL, run->group_count);

	(void)options;
	json_write_filled(summary, fillings, sizeof fillings / sizeof *fillings, out,
			  JSON_INDENT(2) | JSON_REAL_PRECISION(6));
	fputc('\n', out);
	json_decref(summary);
}
