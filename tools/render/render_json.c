/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render_json.c - the summary as JSON, schema unflushed.summary/1.
 *
 * schema/unflushed.summary-1.json describes it; keys may be added, never
 * renamed or removed. Unknown is null.
 */
#include "render/render_json.h"

#include <stdlib.h>
#include <time.h>

#include "judge/judge.h"
#include "memory/memory.h"
#include "model/origin.h"
#include "model/words.h"
#include "render/json_value.h"
#include "render/notes.h"
#include "render/render.h"
#include "render/render_text.h"

static json_t *amounts(const int64_t *values)
{
	json_t *object = json_object();

	for (int i = 0; i < AMOUNT_COUNT; i++)
		json_object_set_new(object, amount_name((enum amount)i),
				    json_of_number(values[i]));
	return object;
}

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
	/* A shim that was not loaded has seen no wire. */
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

static json_t *topics(const struct producer *producer)
{
	json_t *array = json_array();

	for (size_t i = 0; i < producer->topic_count; i++) {
		const struct topic *topic = &producer->topics[i];
		bool whole = topic->partition == UNKNOWN;
		json_t *object = json_object();

		json_object_set_new(object, "topic", json_of_text(topic->name));
		json_object_set_new(object, "partition", json_of_number(topic->partition));
		json_object_set_new(object, "messages", amounts(topic->tally.messages));
		json_object_set_new(object, "bytes", amounts(topic->tally.bytes));
		json_object_set_new(object, "lost_least",
				    json_of_number(whole ? topic->lost_least : UNKNOWN));
		json_object_set_new(object, "possible_least",
				    json_of_number(whole ? topic->possible_least : UNKNOWN));
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
		json_object_set_new(object, "name", json_of_text(error->name));
		json_object_set_new(object, "messages", json_of_number(error->messages));
		json_object_set_new(object, "count",
				    json_of_text(error->rejected ? "rejected" : "failed"));
		if (error->rejected)
			json_object_set_new(object, "retried", json_of_number(error->retried));
		json_array_append_new(array, object);
	}
	return array;
}

/* Refused messages: of equal ones it is the least and the most that is missing. */
static json_t *rejected_json(const struct producer *producer)
{
	json_t *object = json_object();
	int64_t left = judge_not_retried(producer);

	json_object_set_new(object, "retried", json_of_number(producer->rejected_retried));
	json_object_set_new(object, "not_retried", json_of_number(left));
	json_object_set_new(
		object, "not_retried_most",
		json_of_number(left == UNKNOWN ? UNKNOWN : left + producer->refused_alike));
	return object;
}

static json_t *frames(const struct call_site *site)
{
	json_t *array = json_array();

	for (size_t i = 0; i < site->depth; i++) {
		const struct frame *frame = &site->frames[i];
		json_t *object = json_object();

		json_object_set_new(object, "function", json_of_text(frame->function));
		json_object_set_new(object, "file", json_of_text(frame->file));
		json_object_set_new(object, "line",
				    frame->line ? json_integer(frame->line) : json_null());
		json_object_set_new(object, "module", json_of_text(frame->module));
		json_object_set_new(object, "offset", json_of_number(frame->offset));
		json_object_set_new(object, "origin", json_string(origin_name(frame->origin)));
		json_array_append_new(array, object);
	}
	return array;
}

/* The place of one of its own frames. */
static json_t *frame_number(const struct call_site *site, const struct frame *frame)
{
	return frame ? json_integer(frame - site->frames) : json_null();
}

static json_t *language(const struct call_site *site)
{
	return json_of_text(site->language == LANGUAGE_PYTHON ? "python"
			    : site->language == LANGUAGE_JAVA ? "java"
							      : "c");
}

static json_t *made_at(const struct call_site *made)
{
	json_t *object = json_object();

	json_object_set_new(object, "language", language(made));
	json_object_set_new(object, "frames", frames(made));
	json_object_set_new(object, "place", frame_number(made, words_place_frame(made)));
	return object;
}

static json_t *call_sites(const struct producer *producer)
{
	json_t *array = json_array();

	for (size_t i = 0; i < producer->site_count; i++) {
		const struct call_site *site = &producer->sites[i];
		json_t *object = json_object(), *messages = json_object();

		json_object_set_new(messages, "produced", json_of_number(site->produced));
		json_object_set_new(messages, "rejected", json_of_number(site->rejected));
		json_object_set_new(messages, "outstanding", json_of_number(site->outstanding));
		json_object_set_new(messages, "failed", json_of_number(site->failed));
		json_object_set_new(messages, "unsent",
				    json_of_number(site->unsent_least == site->unsent_most
							   ? site->unsent_least
							   : UNKNOWN));
		json_object_set_new(messages, "lost_least", json_of_number(site->lost_least));
		json_object_set_new(messages, "possible_least",
				    json_of_number(site->possible_least));
		json_object_set_new(object, "messages", messages);
		json_object_set_new(object, "language", language(site));
		json_object_set_new(object, "frames", frames(site));
		json_object_set_new(object, "place",
				    frame_number(site, words_place_frame(site)));
		json_object_set_new(object, "caller",
				    frame_number(site, words_caller_frame(producer, site)));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *configuration(const struct producer *producer)
{
	json_t *object = producer->settings ? json_object() : json_null();

	for (size_t i = 0; i < producer->setting_count; i++)
		json_object_set_new(object, producer->settings[i].key,
				    json_of_text(producer->settings[i].value));
	return object;
}

static bool is_unknown_wait(const struct producer *producer)
{
	return producer->waited == WAITED_UNPROVEN || producer->tally.messages[PRODUCED] == 0 ||
	       (producer->waited == WAITED_NO && producer->flags & PRODUCER_WAITS_UNSEEN);
}

/* NULL: by none that was enough, or it is not known. */
static const char *waited_by(const struct producer *producer)
{
	static const char *const by[] = {
		[WAITED_NOT] = NULL,
		[WAITED_FLUSH] = "flush",
		[WAITED_OUTQ_LEN] = "outq_len",
		[WAITED_PURGE] = "purge",
		[WAITED_ABORT] = "abort",
		[WAITED_COMMIT] = "commit",
		[WAITED_CLOSE] = "close",
		[WAITED_GET] = "get",
	};

	if (producer->proof.outlasted)
		return "withheld_answer";
	if (producer->waited != WAITED_YES || producer->waits.by > WAITED_ABORT)
		return NULL;
	return producer->waits.waited_for < producer->tally.messages[PRODUCED]
		       ? "reports"
		       : by[producer->waits.by];
}

static json_t *losses_json(const struct losses *losses)
{
	json_t *object = json_object();

	json_object_set_new(object, "certain", json_of_number(losses->certain));
	json_object_set_new(object, "possible", json_of_number(losses->possible));
	return object;
}

static json_t *told_json(const struct told *told)
{
	json_t *object = json_object();

	json_object_set_new(object, "application", json_of_number(told->application));
	json_object_set_new(object, "binding", json_of_number(told->binding));
	json_object_set_new(object, "nobody", json_of_number(told->nobody));
	return object;
}

/* NULL: the application itself, or nobody that is known. */
static const char *binding_name(enum trace_binding binding)
{
	static const char *const names[] = {
		[BINDING_NONE] = NULL,
		[BINDING_PYTHON] = "confluent-kafka-python",
		[BINDING_ASYNCIO] = "confluent-kafka-python AIOProducer",
		[BINDING_GO] = "confluent-kafka-go",
		[BINDING_RUST] = "rust-rdkafka",
		[BINDING_NODE] = "node-rdkafka",
		[BINDING_DOTNET] = "confluent-kafka-dotnet",
		[BINDING_PHP] = "php-rdkafka",
		[BINDING_MADE] = "a callback made at run time",
	};

	return (size_t)binding < sizeof names / sizeof *names ? names[binding] : NULL;
}

static json_t *flush_json(const struct producer *producer)
{
	json_t *flush = json_object();

	json_object_set_new(flush, "calls", json_of_number(producer->flush_calls));
	json_object_set_new(flush, "timeouts", json_of_number(producer->flush_timeouts));
	json_object_set_new(flush, "left", json_of_number(producer->flush_left));
	json_object_set_new(flush, "waited_ns", json_of_number(producer->flush_waited_ns));
	return flush;
}

static json_t *answer_json(const struct producer *producer)
{
	json_t *answer = json_object();

	json_object_set_new(answer, "p50", json_of_number(producer->answer_p50_ns));
	json_object_set_new(answer, "p99", json_of_number(producer->answer_p99_ns));
	json_object_set_new(answer, "max", json_of_number(producer->answer_max_ns));
	return answer;
}

static json_t *spans_json(const struct spans *spans, const char *of)
{
	json_t *object = spans->count ? json_object() : json_null();

	if (!spans->count)
		return object;
	json_object_set_new(object, of, json_of_number(spans->count));
	json_object_set_new(object, "mean", json_of_number(spans->mean_ns));
	json_object_set_new(object, "max", json_of_number(spans->max_ns));
	return object;
}

static json_t *latency_json(const struct producer *producer)
{
	json_t *latency = json_object();

	json_object_set_new(latency, "p50", json_of_number(producer->latency_p50_ns));
	json_object_set_new(latency, "p99", json_of_number(producer->latency_p99_ns));
	json_object_set_new(latency, "max", json_of_number(producer->latency_max_ns));
	json_object_set_new(latency, "queued", spans_json(&producer->queue_spans, "batches"));
	json_object_set_new(latency, "writing",
			    spans_json(&producer->writing_spans, "requests"));
	json_object_set_new(latency, "answer", answer_json(producer));
	return latency;
}

/* null: nothing is known of large messages here. */
static json_t *stages_json(const struct stages *stages)
{
	json_t *object;

	if (stages->messages == UNKNOWN)
		return json_null();
	object = json_object();
	json_object_set_new(object, "messages", json_of_number(stages->messages));
	json_object_set_new(object, "bytes", json_of_number(stages->bytes));
	json_object_set_new(object, "send_ns", json_of_number(stages->send_ns));
	json_object_set_new(object, "send_cpu_ns", json_of_number(stages->send_cpu_ns));
	json_object_set_new(object, "build_ns", json_of_number(stages->build_ns));
	json_object_set_new(object, "build_cpu_ns", json_of_number(stages->build_cpu_ns));
	json_object_set_new(object, "offered", json_of_number(stages->offered));
	json_object_set_new(object, "before_ns", json_of_number(stages->before_ns));
	json_object_set_new(object, "before_max_ns", json_of_number(stages->before_max_ns));
	json_object_set_new(object, "written", json_of_number(stages->written));
	json_object_set_new(object, "writing_ns", json_of_number(stages->writing_ns));
	json_object_set_new(object, "answered", json_of_number(stages->answered));
	json_object_set_new(object, "answering_ns", json_of_number(stages->answering_ns));
	return object;
}

static json_t *large_json(const struct process *process, const struct large_message *large)
{
	const struct producer *producer = &process->producers[large->producer];
	json_t *object = json_object();

	json_object_set_new(object, "call_site",
			    large->site ? json_integer(large->site - producer->sites)
					: json_null());
	json_object_set_new(object, "bytes", json_of_number(large->bytes));
	json_object_set_new(object, "send_ns", json_of_number(large->send_ns));
	json_object_set_new(object, "send_cpu_ns", json_of_number(large->send_cpu_ns));
	json_object_set_new(object, "build_ns", json_of_number(large->build_ns));
	json_object_set_new(object, "build_cpu_ns", json_of_number(large->build_cpu_ns));
	json_object_set_new(object, "before_ns", json_of_number(large->before_ns));
	json_object_set_new(object, "writing_ns", json_of_number(large->writing_ns));
	json_object_set_new(object, "answering_ns", json_of_number(large->answering_ns));
	json_object_set_new(object, "took_ns", json_of_number(large->took_ns));
	return object;
}

static json_t *large_messages(const struct process *process, const struct producer *producer)
{
	json_t *array = json_array();

	for (size_t i = 0; i < process->large_count; i++)
		if (process->large[i].producer == producer - process->producers)
			json_array_append_new(array, large_json(process, &process->large[i]));
	return array;
}

static json_t *producer_json(const struct process *process, const struct producer *producer)
{
	json_t *object = json_object();

	json_object_set_new(object, "client", json_of_text(words_client(producer->client)));
	json_object_set_new(object, "binding", json_of_text(binding_name(producer->binding)));
	json_object_set_new(object, "name", json_of_text(producer->name));
	json_object_set_new(object, "client_id", json_of_text(producer->client_id));
	json_object_set_new(object, "acks", json_of_number(producer->acks));
	json_object_set_new(object, "transactional",
			    json_boolean(producer->flags & PRODUCER_TRANSACTIONAL));
	json_object_set_new(object, "configuration", configuration(producer));
	json_object_set_new(object, "verdict", json_of_text(verdict_name(producer->verdict)));
	json_object_set_new(object, "messages", amounts(producer->tally.messages));
	json_object_set_new(object, "bytes", amounts(producer->tally.bytes));
	json_object_set_new(object, "losses", losses_json(&producer->losses));
	json_object_set_new(object, "reports_unserved",
			    json_of_number(producer->reports_unserved));
	json_object_set_new(object, "rejected", rejected_json(producer));
	json_object_set_new(object, "waited",
			    is_unknown_wait(producer)
				    ? json_null()
				    : json_boolean(producer->waited == WAITED_YES));
	json_object_set_new(object, "waited_by", json_of_text(waited_by(producer)));
	json_object_set_new(object, "failed_told", told_json(&producer->failed_told));
	json_object_set_new(object, "purged_told", told_json(&producer->purged_told));
	json_object_set_new(object, "flush", flush_json(producer));
	json_object_set_new(object, "blocked_ns", json_of_number(producer->blocked_ns));
	json_object_set_new(object, "latency_ns", latency_json(producer));
	json_object_set_new(object, "stages", stages_json(&producer->stages));
	json_object_set_new(object, "large_messages", large_messages(process, producer));
	json_object_set_new(object, "topics", topics(producer));
	json_object_set_new(object, "errors", errors(producer));
	json_object_set_new(object, "call_sites", call_sites(producer));
	json_object_set_new(object, "made_at",
			    producer->made ? made_at(producer->made) : json_null());
	return object;
}

/* Its place in the producer's call_sites. */
static json_t *finding_site(const struct process *process, const struct finding *finding)
{
	if (!finding->site || finding->producer == UNKNOWN)
		return json_null();
	return json_integer(finding->site - process->producers[finding->producer].sites);
}

/* Their places in the process's peers. */
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

/* null: not under --prove, or nothing of it went through the relay. */
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
				      producer_json(process, &process->producers[i]));
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
	json_object_set_new(object, "losses", losses_json(&process->losses));
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

/* The place of a process among those that are there. */
static json_t *process_index(const struct run *run, json_t *const *made,
			     const struct process *process)
{
	json_int_t index = 0;

	for (const struct process *before = run->processes; before < process; before++)
		index += made[before - run->processes] != NULL;
	return json_integer(index);
}

/* The line that lost most of what is certain: where it is in this summary. */
static json_t *where_json(const struct run *run, json_t *const *made)
{
	const struct where *where = &run->where;
	json_t *object;

	if (!where->site || !made[where->process - run->processes])
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
	json_object_set_new(object, "losses", losses_json(&group->losses));
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
	json_t *signatures = groups_json(run, made, groups);
	json_t *processes = processes_json(run, made);
	size_t missing = run->process_count - json_array_size(processes);

	json_object_set_new(object, "schema", json_string("unflushed.summary/1"));
	json_object_set_new(object, "verdict", json_of_text(verdict_name(run->verdict)));
	json_object_set_new(object, "known", json_boolean(run->known));
	json_object_set_new(object, "headline", json_of_text(text_headline(run)));
	json_object_set_new(object, "why", json_of_text(text_why(run)));
	json_object_set_new(object, "losses", losses_json(&run->losses));
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

void render_json(struct run *run, const struct render_options *options, FILE *out)
{
	json_t **made = memory_zeroed(run->process_count + 1, sizeof(json_t *)), *summary;

	(void)options;
	for (size_t i = 0; i < run->process_count; i++)
		made[i] = json_of_process(run, &run->processes[i]);
	summary = json_of_summary(run, made, run->group_count);
	json_dumpf(summary, out, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
	fputc('\n', out);
	json_decref(summary);
	free(made);
}
