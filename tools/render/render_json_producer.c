/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render_json_producer.c - a producer of the summary: its messages, its waits, its lines.
 */
#include "render/render_json.h"

#include "judge/judge.h"
#include "model/origin.h"
#include "model/words.h"
#include "render/json_value.h"

json_t *json_of_amounts(const int64_t *values)
{
	json_t *object = json_object();

	for (int i = 0; i < AMOUNT_COUNT; i++)
		json_object_set_new(object, amount_name((enum amount)i),
				    json_of_number(values[i]));
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
		json_object_set_new(object, "messages", json_of_amounts(topic->tally.messages));
		json_object_set_new(object, "bytes", json_of_amounts(topic->tally.bytes));
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

/* Refused messages: if some are equal, the least and the most that were not tried again. */
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

/* The index of one of the site's frames. */
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

/* NULL: no wait was sufficient, or it is not known. */
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

json_t *json_of_losses(const struct losses *losses)
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

/* NULL: none is known. */
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

json_t *json_of_producer(const struct process *process, const struct producer *producer)
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
	json_object_set_new(object, "messages", json_of_amounts(producer->tally.messages));
	json_object_set_new(object, "bytes", json_of_amounts(producer->tally.bytes));
	json_object_set_new(object, "losses", json_of_losses(&producer->losses));
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
