/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings_refused.c - findings about messages that the client did not accept: whether they
 * were tried again, and why its queue was full.
 */
#include "judge/findings.h"

#include <librdkafka/rdkafka.h>

#include "judge/judge.h"
#include "judge/refusals.h"
#include "model/configuration.h"
#include "model/words.h"

/* After a fork trying again does not help: another finding says what does. */
bool when_rejected_not_retried(const struct subject *at)
{
	return judge_not_retried(at->producer) != 0 && !refusal_is_of_fork(at->producer);
}

/* "9 _QUEUE_FULL, 1 MSG_SIZE_TOO_LARGE": messages that were not tried again, by error; only the
 * name if all have one error; "" if no error is known. */
static const char *errors_left(const struct subject *at)
{
	const struct producer *producer = at->producer;
	const char *text = "", *only = "";
	int kinds = 0;

	for (size_t i = 0; i < producer->error_count; i++) {
		const struct error *error = &producer->errors[i];

		if (!error->rejected || !error->name || refusal_left(error) == 0)
			continue;
		text = model_format(at->run, "%s%s%s %s", text, kinds++ ? ", " : "",
				    words_number(at->run, refusal_left(error)), error->name);
		only = error->name;
	}
	return kinds ? model_format(at->run, " (%s)", kinds == 1 ? only : text) : "";
}

static const char *text_not_known(const struct subject *at)
{
	const struct producer *producer = at->producer;

	return model_format(
		at->run,
		"The client refused %s%s; how many of them were tried again is not known, for "
		"%s could not be remembered%s.",
		words_count(at->run, producer->tally.messages[REJECTED], "message"),
		errors_left(at), words_number(at->run, producer->refused_lost_sight),
		producer->refused_open > 0
			? model_format(at->run, "; at least %s were not",
				       words_number(at->run, producer->refused_open))
			: "");
}

static const char *text_left(const struct subject *at)
{
	int64_t left = judge_not_retried(at->producer);
	int64_t rejected = at->producer->tally.messages[REJECTED];
	int64_t alike = at->producer->refused_alike;
	const char *more =
		alike > 0 ? model_format(at->run,
					 " Unless calls with equal messages were attempts at "
					 "the same one, up to %s more are missing.",
					 words_number(at->run, alike))
			  : "";

	if (left == rejected)
		return model_format(at->run,
				    "The client refused %s%s, and %s never tried again.%s",
				    words_count(at->run, rejected, "message"), errors_left(at),
				    left == 1 ? "it was" : "they were", more);
	return model_format(at->run,
			    "The client refused messages %s; %s%s %s never tried again with "
			    "success.%s",
			    words_count(at->run, rejected, "time"),
			    words_count(at->run, left, "message"), errors_left(at),
			    left == 1 ? "was" : "were", more);
}

static void evidence_refused(const struct subject *at, struct finding *finding)
{
	finding_blames(at, finding, REJECTED);
	finding_evidence(finding, "rejected", at->producer->tally.messages[REJECTED]);
	finding_evidence(finding, "retried", at->producer->rejected_retried);
	finding_evidence(finding, "retried_alike", at->producer->refused_alike);
	finding_evidence(finding, "lost_sight", at->producer->refused_lost_sight);
}

/* Refused because the producer's queue was full. */
static int64_t queue_full(const struct producer *producer)
{
	for (size_t i = 0; i < producer->error_count; i++)
		if (producer->errors[i].rejected &&
		    producer->errors[i].code == RD_KAFKA_RESP_ERR__QUEUE_FULL)
			return producer->errors[i].messages;
	return 0;
}

void say_rejected_not_retried(const struct subject *at, struct finding *finding)
{
	evidence_refused(at, finding);
	refusal_words(at->run, finding, refusal_usual(at->producer),
		      voice_of(at->process, at->producer));
	/* Waiting for room does not help if no broker can be reached. */
	if (finding_is_cut_off(at) && queue_full(at->producer) > 0)
		finding_defers(finding);
	finding->text =
		at->producer->rejected_retried == UNKNOWN ? text_not_known(at) : text_left(at);
}

/* Not beside the finding of messages that were certainly not tried again, whose text includes
 * it. */
bool when_refused_alike(const struct subject *at)
{
	return at->producer->refused_alike > 0 && judge_not_retried(at->producer) == 0;
}

void say_refused_alike(const struct subject *at, struct finding *finding)
{
	evidence_refused(at, finding);
	finding->text = model_format(
		at->run,
		"The client refused messages %s, and equal ones were accepted later each time: "
		"they count as tried again. Should those have been others, up to %s are "
		"missing.",
		words_count(at->run, at->producer->tally.messages[REJECTED], "time"),
		words_number(at->run, at->producer->refused_alike));
}

static int64_t queue_limit(const struct producer *producer)
{
	return configuration_number(producer, "queue.buffering.max.messages");
}

/* A report that is not served keeps its message's place in the queue. A few such
 * reports do not matter: the queue must have been full, or half full. */
bool when_poll_missing(const struct subject *at)
{
	const struct producer *producer = at->producer;
	int64_t limit = queue_limit(producer);

	if (producer->client != CLIENT_LIBRDKAFKA || !(producer->flags & PRODUCER_REPORTS) ||
	    producer->reports_unserved <= 0)
		return false;
	return queue_full(producer) > 0 ||
	       (limit > 0 && producer->reports_unserved >= limit / 2);
}

void say_poll_missing(const struct subject *at, struct finding *finding)
{
	const struct producer *producer = at->producer;
	int64_t refused = queue_full(producer);

	finding_evidence(finding, "reports_unserved", producer->reports_unserved);
	finding_evidence(finding, "queue_limit", queue_limit(producer));
	finding_evidence(finding, "refused", refused);
	finding->text = model_format(
		at->run,
		"The program asked for delivery reports and left %s untaken in a queue with "
		"room for %s%s.",
		words_count(at->run, producer->reports_unserved, "report"),
		words_count(at->run, queue_limit(producer), "message"),
		refused ? model_format(at->run, "; produce was refused %s, for it was full",
				       words_count(at->run, refused, "time"))
			: "");
}

/* Less time than this inside produce calls is not reported. */
#define BLOCKED_FOR_LONG_NS INT64_C(100000000)

bool when_queue_filling(const struct subject *at)
{
	return !when_poll_missing(at) && (queue_full(at->producer) > 0 ||
					  at->producer->blocked_ns >= BLOCKED_FOR_LONG_NS);
}

void say_queue_filling(const struct subject *at, struct finding *finding)
{
	const struct producer *producer = at->producer;

	finding_evidence(finding, "refused", queue_full(producer));
	finding_evidence(finding, "blocked_ns", producer->blocked_ns);
	if (finding_is_cut_off(at))
		finding_defers(finding);
	finding_evidence(finding, "queue_limit", queue_limit(producer));
	int64_t room = queue_limit(producer), blocked_ns = producer->blocked_ns;
	const char *limit = room == UNKNOWN
				    ? ""
				    : model_format(at->run, " (it has room for %s)",
						   words_count(at->run, room, "message"));
	const char *blocked = blocked_ns == UNKNOWN
				      ? ""
				      : model_format(at->run, ", and blocked for %s",
						     words_time(at->run, blocked_ns));

	finding->text =
		model_format(at->run, "The queue was full%s: produce was refused %s%s.", limit,
			     words_count(at->run, queue_full(producer), "time"), blocked);
}
