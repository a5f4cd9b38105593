/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render_json.c - the summary as JSON, schema unflushed.summary/1.
 *
 * schema/unflushed.summary-1.json describes it; keys may be added, never
 * renamed or removed. Unknown is null.
 */
#include "render.h"

#include <jansson.h>
#include <string.h>
#include <time.h>

static json_t *number(int64_t value)
{
	return value == UNKNOWN ? json_null() : json_integer(value);
}

static json_t *text(const char *words)
{
	return words ? json_string(words) : json_null();
}

static json_t *share(int64_t thousandths)
{
	return thousandths == UNKNOWN ? json_null() : json_real((double)thousandths / 1000);
}

static json_t *amounts(const int64_t *values)
{
	json_t *object = json_object();

	for (int i = 0; i < AMOUNT_COUNT; i++)
		json_object_set_new(object, amount_name((enum amount)i), number(values[i]));
	return object;
}

static json_t *rfc3339(int64_t realtime_ns)
{
	char date[32], words[64];
	struct tm utc;

	if (realtime_ns == UNKNOWN)
		return json_null();
	time_t seconds = (time_t)(realtime_ns / 1000000000);
	if (!gmtime_r(&seconds, &utc) || !strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &utc))
		return json_null();
	snprintf(words, sizeof words, "%s.%06ldZ", date,
		 (long)(realtime_ns % 1000000000) / 1000);
	return json_string(words);
}

static json_t *strings(const char *const *list, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, text(list[i]));
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
		[HOW_RETURN] = "return", [HOW_EXIT] = "exit",	[HOW_UNDERSCORE_EXIT] = "_exit",
		[HOW_QUICK_EXIT] = "quick_exit", [HOW_ABORT] = "abort", [HOW_EXEC] = "exec",
		[HOW_UNKNOWN] = NULL,
	};
	json_t *object = json_object();

	json_object_set_new(object, "how", text(how[process->how]));
	json_object_set_new(object, "call", text(call[process->recorded]));
	json_object_set_new(object, "status", number(process->status));
	json_object_set_new(object, "signal", number(process->signal));
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

		json_object_set_new(object, "version", text(library->version));
		json_object_set_new(object, "path", text(library->path));
		json_object_set_new(object, "linkage",
				    text(known ? linkage[library->linkage] : NULL));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *layers(struct run *run, const struct process *process)
{
	const char **notes = render_notes(run, process);
	size_t count = 0;
	json_t *object = json_object();

	while (notes[count])
		count++;
	json_object_set_new(object, "librdkafka", libraries(process));
	/* A shim that was not loaded has seen no wire. */
	json_object_set_new(object, "wire",
			    process->trace ? json_boolean(process->socket_count > 0)
			    : process->shim_loaded ? json_false() : json_null());
	json_object_set_new(object, "python", json_null());
	json_object_set_new(object, "jvm", json_null());
	json_object_set_new(object, "notes", strings(notes, count));
	return object;
}

static json_t *topics(const struct producer *producer)
{
	json_t *array = json_array();

	for (size_t i = 0; i < producer->topic_count; i++) {
		const struct topic *topic = &producer->topics[i];
		json_t *object = json_object();

		json_object_set_new(object, "topic", text(topic->name));
		json_object_set_new(object, "partition", number(topic->partition));
		json_object_set_new(object, "messages", amounts(topic->tally.messages));
		json_object_set_new(object, "bytes", amounts(topic->tally.bytes));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *errors(const struct producer *producer)
{
	json_t *array = json_array();

	for (size_t i = 0; i < producer->error_count; i++) {
		const struct error *error = &producer->errors[i];
		json_t *object = json_object();

		json_object_set_new(object, "code", json_integer(error->code));
		json_object_set_new(object, "name", text(error->name));
		json_object_set_new(object, "messages", number(error->messages));
		json_object_set_new(object, "count", text(error->rejected ? "rejected" : "failed"));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *frames(const struct call_site *site)
{
	json_t *array = json_array();

	for (size_t i = 0; i < site->depth; i++) {
		const struct frame *frame = &site->frames[i];
		json_t *object = json_object();

		json_object_set_new(object, "function", text(frame->function));
		json_object_set_new(object, "file", text(frame->file));
		json_object_set_new(object, "line",
				    frame->line ? json_integer(frame->line) : json_null());
		json_object_set_new(object, "module", text(frame->module));
		json_object_set_new(object, "offset", number(frame->offset));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *call_sites(const struct producer *producer)
{
	json_t *array = json_array();

	for (size_t i = 0; i < producer->site_count; i++) {
		const struct call_site *site = &producer->sites[i];
		json_t *object = json_object(), *messages = json_object();

		json_object_set_new(messages, "produced", number(site->produced));
		json_object_set_new(messages, "outstanding", number(site->outstanding));
		json_object_set_new(messages, "failed", number(site->failed));
		json_object_set_new(object, "messages", messages);
		json_object_set_new(object, "language",
				    text(site->language == LANGUAGE_PYTHON ? "python"
					 : site->language == LANGUAGE_JAVA ? "java"
									   : "c"));
		json_object_set_new(object, "frames", frames(site));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *producer_json(const struct producer *producer)
{
	static const char *const clients[] = {
		[CLIENT_LIBRDKAFKA] = "librdkafka",	  [CLIENT_KAFKA_PYTHON] = "kafka-python",
		[CLIENT_KAFKA_CLIENTS] = "kafka-clients", [CLIENT_WIRE] = "wire",
	};
	bool known = producer->client >= CLIENT_LIBRDKAFKA && producer->client <= CLIENT_WIRE;
	json_t *object = json_object(), *flush = json_object(), *latency = json_object();

	json_object_set_new(object, "client", text(known ? clients[producer->client] : NULL));
	json_object_set_new(object, "name", text(producer->name));
	json_object_set_new(object, "client_id", text(producer->client_id));
	json_object_set_new(object, "acks", number(producer->acks));
	json_object_set_new(object, "transactional",
			    json_boolean(producer->flags & PRODUCER_TRANSACTIONAL));
	json_object_set_new(object, "verdict", text(verdict_name(producer->verdict)));
	json_object_set_new(object, "messages", amounts(producer->tally.messages));
	json_object_set_new(object, "bytes", amounts(producer->tally.bytes));
	json_object_set_new(object, "reports_unserved", number(producer->reports_unserved));
	json_object_set_new(object, "waited", json_boolean(producer->waited));
	json_object_set_new(flush, "calls", number(producer->flush_calls));
	json_object_set_new(flush, "timeouts", number(producer->flush_timeouts));
	json_object_set_new(flush, "waited_ns", number(producer->flush_waited_ns));
	json_object_set_new(object, "flush", flush);
	json_object_set_new(latency, "p50", number(producer->latency_p50_ns));
	json_object_set_new(latency, "p99", number(producer->latency_p99_ns));
	json_object_set_new(latency, "max", number(producer->latency_max_ns));
	json_object_set_new(object, "latency_ns", latency);
	json_object_set_new(object, "topics", topics(producer));
	json_object_set_new(object, "errors", errors(producer));
	json_object_set_new(object, "call_sites", call_sites(producer));
	return object;
}

static json_t *fill(const struct socket *socket)
{
	json_t *object = json_object();

	json_object_set_new(object, "samples", number(socket->fill.samples));
	json_object_set_new(object, "p50", share(socket->fill.p50));
	json_object_set_new(object, "p99", share(socket->fill.p99));
	json_object_set_new(object, "max", share(socket->fill.max));
	return object;
}

/* Whose fault a stall was is known for those that were looked into. */
static json_t *stalls(const struct socket *socket)
{
	bool told = socket->stalls == 0 || socket->stalled_send_buffer_ns ||
		    socket->stalled_receiver_ns || socket->stalled_network_ns;
	json_t *object = json_object();

	json_object_set_new(object, "count", number(socket->stalls));
	json_object_set_new(object, "total_ns", number(socket->stalled_ns));
	json_object_set_new(object, "longest_ns", number(socket->stall_longest_ns));
	json_object_set_new(object, "send_buffer_ns",
			    number(told ? socket->stalled_send_buffer_ns : UNKNOWN));
	json_object_set_new(object, "receiver_ns",
			    number(told ? socket->stalled_receiver_ns : UNKNOWN));
	json_object_set_new(object, "network_ns",
			    number(told ? socket->stalled_network_ns : UNKNOWN));
	return object;
}

static json_t *requests(const struct socket *socket)
{
	bool readable = !(socket->flags & SOCKET_TLS);
	json_t *object = json_object(), *array = json_array();

	if (socket->produce_error) {
		json_t *error = json_object();

		json_object_set_new(error, "code", json_integer(socket->produce_error));
		json_object_set_new(error, "requests", number(socket->produce_refused));
		json_array_append_new(array, error);
	}
	json_object_set_new(object, "produce",
			    number(readable ? socket->produce_requests : UNKNOWN));
	json_object_set_new(object, "records",
			    number(socket->records_known ? socket->produce_records : UNKNOWN));
	json_object_set_new(object, "answered",
			    number(readable ? socket->produce_answered : UNKNOWN));
	json_object_set_new(object, "errors", array);
	return object;
}

static json_t *socket_end(const struct socket *socket)
{
	const char *how = NULL;
	json_t *object = json_object(), *cut = json_null();

	if (socket->end == END_RESET || (socket->end != END_NONE && socket->flags & SOCKET_RESET))
		how = "reset";
	else if (socket->end == END_PROCESS)
		how = "process";
	else if (socket->end != END_NONE)
		how = socket->flags & SOCKET_SHUT ? "shutdown" : "close";
	if (socket->cut_length != UNKNOWN) {
		cut = json_object();
		json_object_set_new(cut, "api", number(socket->cut_api));
		json_object_set_new(cut, "length", number(socket->cut_length));
		json_object_set_new(cut, "accepted", number(socket->cut_accepted));
	}
	json_object_set_new(object, "how", text(how));
	json_object_set_new(object, "unsent_bytes", number(socket->unsent_bytes));
	json_object_set_new(object, "unread_bytes", number(socket->unread_bytes));
	json_object_set_new(object, "cut_frame", cut);
	return object;
}

static json_t *socket_json(const struct socket *socket)
{
	json_t *object = json_object(), *buffer = json_object(), *bytes = json_object();
	bool asked = socket->buffer_requested != UNKNOWN || socket->flags & SOCKET_BUFFER_FIXED;

	json_object_set_new(object, "fd", number(socket->fd));
	json_object_set_new(object, "local", text(socket->local));
	json_object_set_new(object, "peer", text(socket->peer));
	json_object_set_new(object, "kafka", json_boolean(socket->flags & SOCKET_KAFKA));
	json_object_set_new(object, "broker", text(socket->broker));
	json_object_set_new(object, "producer", number(socket->producer));
	json_object_set_new(object, "tls", json_boolean(socket->flags & SOCKET_TLS));
	json_object_set_new(buffer, "requested", number(socket->buffer_requested));
	json_object_set_new(buffer, "effective", number(socket->buffer_effective));
	json_object_set_new(buffer, "autotuned", json_boolean(!asked));
	json_object_set_new(object, "send_buffer", buffer);
	json_object_set_new(bytes, "offered", number(socket->offered_bytes));
	json_object_set_new(bytes, "accepted", number(socket->accepted_bytes));
	json_object_set_new(object, "bytes", bytes);
	json_object_set_new(object, "writes", number(socket->writes));
	json_object_set_new(object, "short_writes", number(socket->short_writes));
	json_object_set_new(object, "eagain", number(socket->eagain));
	json_object_set_new(object, "fill", fill(socket));
	json_object_set_new(object, "stalls", stalls(socket));
	json_object_set_new(object, "requests", requests(socket));
	json_object_set_new(object, "end", socket_end(socket));
	return object;
}

static json_t *finding_json(const struct finding *finding)
{
	json_t *object = json_object(), *evidence = json_object();

	for (size_t i = 0; i < finding->evidence_count; i++)
		json_object_set_new(evidence, finding->evidence[i].name,
				    number(finding->evidence[i].value));
	json_object_set_new(object, "id", text(finding->id));
	json_object_set_new(object, "verdict", text(verdict_name(finding->verdict)));
	json_object_set_new(object, "producer", number(finding->producer));
	json_object_set_new(object, "socket", number(finding->socket));
	json_object_set_new(object, "text", text(finding->text));
	json_object_set_new(object, "evidence", evidence);
	json_object_set_new(object, "fix", text(finding->fix));
	return object;
}

static json_t *faults(const struct process *process)
{
	json_t *array = json_array();

	for (size_t i = 0; i < process->fault_count; i++) {
		json_t *object = json_object();

		json_object_set_new(object, "offset",
				    json_integer((json_int_t)process->faults[i].offset));
		json_object_set_new(object, "what", text(process->faults[i].what));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *process_json(struct run *run, const struct process *process)
{
	json_t *object = json_object();
	json_t *producers = json_array(), *sockets = json_array(), *findings = json_array();

	for (size_t i = 0; i < process->producer_count; i++)
		json_array_append_new(producers, producer_json(&process->producers[i]));
	for (size_t i = 0; i < process->socket_count; i++)
		json_array_append_new(sockets, socket_json(&process->sockets[i]));
	for (size_t i = 0; i < process->finding_count; i++)
		json_array_append_new(findings, finding_json(&process->findings[i]));
	json_object_set_new(object, "pid", number(process->pid));
	json_object_set_new(object, "ppid", number(process->ppid));
	json_object_set_new(object, "exe", text(process->exe));
	json_object_set_new(object, "argv", strings(process->argv, process->argc));
	json_object_set_new(object, "trace", text(process->trace));
	json_object_set_new(object, "start", rfc3339(process->start_realtime_ns));
	json_object_set_new(object, "duration_ns", number(process->duration_ns));
	json_object_set_new(object, "end", end(process));
	json_object_set_new(object, "layers", layers(run, process));
	json_object_set_new(object, "verdict", text(verdict_name(process->verdict)));
	json_object_set_new(object, "producers", producers);
	json_object_set_new(object, "sockets", sockets);
	json_object_set_new(object, "findings", findings);
	json_object_set_new(object, "dropped_events", number(process->dropped_events));
	json_object_set_new(object, "faults", faults(process));
	return object;
}

void render_json(struct run *run, bool colour, FILE *out)
{
	json_t *object = json_object(), *processes = json_array();

	(void)colour;
	for (size_t i = 0; i < run->process_count; i++)
		json_array_append_new(processes, process_json(run, &run->processes[i]));
	json_object_set_new(object, "schema", json_string("unflushed.summary/1"));
	json_object_set_new(object, "verdict", text(verdict_name(run->verdict)));
	json_object_set_new(object, "processes", processes);
	json_dumpf(object, out, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
	fputc('\n', out);
	json_decref(object);
}
