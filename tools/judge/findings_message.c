/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings_message.c - messages that came to an end other than delivery.
 */
#include "judge/findings.h"

#include <librdkafka/rdkafka.h>

#include "judge/judge.h"
#include "judge/cross_check.h"
#include "judge/language.h"
#include "model/words.h"

/* " (_MSG_TIMED_OUT)": the error that most of those that failed had; else "". */
static const char *usual_error(const struct subject *at)
{
	const struct error *usual = NULL;

	for (size_t i = 0; i < at->producer->error_count; i++) {
		const struct error *error = &at->producer->errors[i];

		if (!error->rejected && (!usual || error->messages > usual->messages))
			usual = error;
	}
	return usual && usual->name ? model_format(at->run, " (%s)", usual->name) : "";
}

bool when_failed_unseen(const struct subject *at)
{
	const struct bad_ends ends = judge_bad_ends(at->producer);

	return ends.failed.nobody > 0 || ends.failed.binding > 0;
}

static void evidence_failed(const struct subject *at, struct finding *finding)
{
	finding_blames(at, finding, FAILED);
	finding_evidence(finding, "failed", at->producer->tally.messages[FAILED]);
	finding_evidence(finding, "told", at->producer->failed_told.application);
	finding_evidence(finding, "told_binding", at->producer->failed_told.binding);
}

/* "; the broker may have 20 of them all the same" */
static const char *maybe_words(struct run *run, int64_t maybe, int64_t all)
{
	if (maybe <= 0)
		return "";
	return model_format(run, "; they had been written, and the broker may have %s",
			    maybe >= all ? "them all the same"
					 : model_format(run, "%s of them all the same",
							words_number(run, maybe)));
}

static const char *not_told(const struct subject *at, const struct told *told)
{
	if (told->binding > 0)
		return model_format(at->run,
				    "; whether it was told of %s more that failed cannot be "
				    "seen",
				    words_number(at->run, told->binding));
	return at->producer->flags & PRODUCER_REPORTS
		       ? ": no delivery report of them reached it"
		       : ": it did not ask for delivery reports";
}

/* For an application that has registered a report callback. One that a binding always registers
 * is no sign of that. */
static void advise_of_reports(const struct subject *at, struct finding *finding)
{
	enum voice voice = voice_of(at->process, at->producer);

	if (!(at->producer->flags & PRODUCER_REPORTS) ||
	    (voice != VOICE_C && voice != VOICE_CPP))
		return;
	finding_advises(
		finding, "serve the delivery reports (poll, flush) until the last came",
		"The client gave up on these messages and nobody was told. They are not "
		"in Kafka. The program asked for delivery reports and ended before it "
		"took those: call poll or flush so that its callback runs, and act on "
		"their errors.");
}

void say_failed_unseen(const struct subject *at, struct finding *finding)
{
	const struct told told = judge_bad_ends(at->producer).failed;
	int64_t maybe = at->producer->failed_maybe;

	evidence_failed(at, finding);
	finding_evidence(finding, "maybe", maybe);
	finding->verdict = judge_bad_end(&told, maybe);
	advise_of_reports(at, finding);
	if (told.nobody == 0) {
		finding->text = model_format(
			at->run,
			"%s of %s failed%s; whether the program was told cannot be seen: a "
			"library between it and the client took the reports.",
			words_number(at->run, told.binding),
			words_count(at->run, at->producer->tally.messages[PRODUCED], "message"),
			usual_error(at));
		return;
	}
	finding->text =
		model_format(at->run, "%s failed%s and the program was not told%s%s.",
			     words_count(at->run, told.nobody, "message"), usual_error(at),
			     not_told(at, &told), maybe_words(at->run, maybe, told.nobody));
}

bool when_delivery_failed(const struct subject *at)
{
	return judge_bad_ends(at->producer).failed.application > 0;
}

void say_delivery_failed(const struct subject *at, struct finding *finding)
{
	int64_t told = judge_bad_ends(at->producer).failed.application;

	evidence_failed(at, finding);
	finding->text = model_format(at->run, "%s failed%s, and the program was told.",
				     words_count(at->run, told, "message"), usual_error(at));
}

static int64_t purged(const struct told *told)
{
	return told->application + told->binding + told->nobody;
}

bool when_dropped_by_wrapper(const struct subject *at)
{
	return judge_dropped(at->producer) > 0;
}

/* A flush of the program itself timed out: the binding also flushes when its producer is
 * dropped, once for each purge of its own. */
static bool flushed_in_vain(const struct producer *producer)
{
	return producer->flush_timeouts > 0 && producer->flush_calls > producer->purges_wrapper;
}

void say_dropped_by_wrapper(const struct subject *at, struct finding *finding)
{
	int64_t dropped = judge_dropped(at->producer);
	const struct told told = {.nobody = dropped};

	finding->verdict = judge_bad_end(&told, at->producer->purged_maybe);
	finding_blames(at, finding, PRODUCED);
	finding_evidence(finding, "purged", at->producer->tally.messages[PURGED]);
	finding_evidence(finding, "purges_wrapper", at->producer->purges_wrapper);
	if (finding_is_cut_off(at))
		finding_defers(finding);
	else if (flushed_in_vain(at->producer))
		finding_advises(
			finding, "give flush the time it needs before the producer goes",
			"Some libraries purge the client's queue when their producer is "
			"dropped: what is left is thrown away at once. Flush was called, "
			"and did not last until nothing was left: check its result, and "
			"give it more time or call it again.");
	finding->text = model_format(
		at->run,
		"The library around the client threw %s away when the producer was dropped, "
		"and the program was not told.",
		words_count(at->run, told.nobody, "message"));
}

/* The purged messages that dropped-by-wrapper does not report. */
static struct told purged_not_dropped(const struct producer *producer)
{
	struct told told = judge_bad_ends(producer).purged;

	told.nobody -= judge_dropped(producer);
	return told;
}

bool when_purged(const struct subject *at)
{
	const struct told told = purged_not_dropped(at->producer);

	return purged(&told) > 0;
}

/* Who purged them, and in which situation. */
static const char *purged_by(const struct subject *at)
{
	const struct producer *producer = at->producer;

	if (producer->client != CLIENT_LIBRDKAFKA || !producer->waits.known)
		return "The program discarded";
	if (producer->purges_late > 0)
		return "After a wait of its own had given up, the program discarded";
	if (producer->purges_own > 0)
		return "The program discarded";
	if (producer->purges_wrapper > 0 && !producer->fatal_error)
		return "The library around the client discarded";
	if (producer->fatal_error)
		return model_format(
			at->run, "After a fatal error (%s) the client discarded",
			rd_kafka_err2name((rd_kafka_resp_err_t)producer->fatal_error));
	return "The client itself discarded";
}

/* Who was told of them: the application of some, a binding of others. */
static const char *purge_told(struct run *run, const struct told *told, int64_t all)
{
	if (told->nobody == all)
		return "and nobody was told";
	if (told->nobody > 0)
		return model_format(run, "and of %s of them nobody was told",
				    words_number(run, told->nobody));
	if (told->binding > 0)
		return "and whether the program was told cannot be seen";
	return "as it was told";
}

/* The advice to flush first is for a program that called purge itself, and had not waited
 * before. */
static void advise_of_purge(const struct subject *at, struct finding *finding)
{
	const struct producer *producer = at->producer;
	bool known = producer->client == CLIENT_LIBRDKAFKA && producer->waits.known;

	if (finding_is_cut_off(at))
		finding_defers(finding);
	else if (known && producer->purges_late > 0)
		finding_advises(
			finding, "give the wait before the purge the time it needs",
			"The program waited, gave up, and then threw away what was left; "
			"these messages are not in Kafka. Let it wait longer, or report "
			"what is left.");
	else if (known && producer->fatal_error && producer->purges_own == 0)
		finding_advises(finding, "make a new producer, and produce these again",
				"After a fatal error the client gives up what it holds; these "
				"messages are not in Kafka. Their delivery reports say which.");
}

void say_purged(const struct subject *at, struct finding *finding)
{
	const struct producer *producer = at->producer;
	const struct tally *tally = &producer->tally;
	const struct told told = purged_not_dropped(producer);
	int64_t dropped = judge_dropped(producer);

	finding_evidence(finding, "purged", tally->messages[PURGED]);
	finding_evidence(finding, "purge_calls", producer->purge_calls);
	finding_evidence(finding, "told", producer->purged_told.application);
	advise_of_purge(at, finding);
	finding->verdict = judge_bad_end(&told, producer->purged_maybe);
	finding->text = model_format(
		at->run, "%s %s%s, %s.", purged_by(at),
		words_count(at->run, tally->messages[PURGED] - dropped, "message"),
		dropped ? ""
			: model_format(at->run, ", %s",
				       words_size_exact(at->run, tally->bytes[PURGED])),
		purge_told(at->run, &told, tally->messages[PURGED] - dropped));
}

bool when_acks0_unsent(const struct subject *at)
{
	return at->producer->unwritten > 0 || judge_unconfirmed(at->producer) != VERDICT_CLEAN;
}

/* The messages were not even in the kernel's send queue: the client had them in a buffer. */
static void say_unwritten(const struct subject *at, struct finding *finding)
{
	const struct tally *tally = &at->producer->tally;

	finding->verdict = judge_outstanding(at->process, at->producer);
	finding_blames(at, finding, OUTSTANDING);
	finding_evidence(finding, "produced", tally->messages[PRODUCED]);
	finding_evidence(finding, "unwritten", at->producer->unwritten);
	finding->text = model_format(
		at->run,
		at->producer->unwritten_doubtful
			? "%s of %s sent with acks=0 were called done by the client, and "
			  "nothing shows that they were written: it may still have had them "
			  "in a buffer of its own at the end."
			: "%s of %s sent with acks=0 were called done by the client and never "
			  "written whole: it still had them in a buffer of its own at the "
			  "end.",
		words_number(at->run, at->producer->unwritten),
		words_count(at->run, tally->messages[PRODUCED], "message"));
}

/* The process was killed: how much was in the kernel's send queue is known only from an older
 * sample. */
static void say_queue_open(const struct subject *at, struct finding *finding)
{
	const struct producer *producer = at->producer;
	bool killed = at->process->how == ENDED_SIGNAL;
	const char *sent =
		words_count(at->run, producer->tally.messages[UNCONFIRMED], "message");

	if (producer->kernel_bytes > 0)
		finding->text = model_format(
			at->run,
			"%s sent with acks=0, and %s of them were in the kernel's send queue "
			"when that was last looked at, %s before the process %s.",
			sent, words_size_exact(at->run, producer->kernel_bytes),
			producer->kernel_age_ns == UNKNOWN
				? "some time"
				: words_time(at->run, producer->kernel_age_ns),
			killed ? "was killed" : "ended");
	else
		finding->text = model_format(
			at->run,
			"%s sent with acks=0, and the process %s before anything "
			"showed that the kernel's send queue had drained after the last "
			"write.",
			sent, killed ? "was killed" : "ended");
}

/* The peer's TCP had received the bytes, but the broker may not have read them. */
static void say_may_forget(const struct subject *at, struct finding *finding)
{
	finding->text = model_format(
		at->run,
		"%s sent with acks=0, on a connection that was reset, or that ended with "
		"input unread or answers still to come, which is a reset, too: what the "
		"broker had not read of them then may be gone.",
		words_count(at->run, at->producer->tally.messages[UNCONFIRMED], "message"));
}

void say_acks0_unsent(const struct subject *at, struct finding *finding)
{
	if (at->producer->unwritten > 0) {
		say_unwritten(at, finding);
		return;
	}
	finding->verdict = judge_unconfirmed(at->producer);
	finding_evidence(finding, "unconfirmed", at->producer->tally.messages[UNCONFIRMED]);
	finding_evidence(finding, "unsent_bytes",
			 at->producer->kernel_open && !at->producer->kernel_bytes
				 ? UNKNOWN
				 : at->producer->kernel_bytes);
	if (at->producer->kernel_open) {
		finding_evidence(finding, "sample_age_ns", at->producer->kernel_age_ns);
		say_queue_open(at, finding);
		return;
	}
	if (finding->verdict == VERDICT_AT_RISK && at->producer->kernel_bytes == 0) {
		say_may_forget(at, finding);
		return;
	}
	finding->text = model_format(
		at->run, "%s sent with acks=0, and %s of them %s.",
		words_count(at->run, at->producer->tally.messages[UNCONFIRMED], "message"),
		words_size_exact(at->run, at->producer->kernel_bytes),
		finding->verdict == VERDICT_LOST
			? "were dropped when the connection was reset"
			: "were still in the kernel's send queue when the connection ended");
}

bool when_leader_alone(const struct subject *at)
{
	return at->producer->acks == 1 && at->producer->tally.messages[DELIVERED] > 0;
}

void say_leader_alone(const struct subject *at, struct finding *finding)
{
	int64_t delivered = at->producer->tally.messages[DELIVERED];

	finding_evidence(finding, "delivered", delivered);
	finding_evidence(finding, "acks", at->producer->acks);
	finding->text =
		model_format(at->run,
			     "%s acknowledged with acks=1: by the leader of the partition "
			     "alone.",
			     words_count(at->run, delivered, "message"));
}

static struct layers layers_at(const struct subject *at)
{
	return cross_check(at->process, (size_t)(at->producer - at->process->producers));
}

bool when_layers_disagree(const struct subject *at)
{
	struct layers layers = layers_at(at);

	return cross_check_disagrees(&layers);
}

void say_layers_disagree(const struct subject *at, struct finding *finding)
{
	struct layers layers = layers_at(at);

	finding_evidence(finding, "requests_api", layers.requests_api);
	finding_evidence(finding, "requests_wire", layers.requests_wire);
	finding_evidence(finding, "records_api", layers.records_api);
	finding_evidence(finding, "records_wire", layers.records_wire);
	finding->text = model_format(
		at->run,
		"The client counted %s and %s delivered; on its connections %s and %s answered "
		"were seen.",
		words_count(at->run, layers.requests_api, "Produce request"),
		words_count(at->run, layers.records_api, "record"),
		words_count(at->run, layers.requests_wire, "request"),
		words_count(at->run, layers.records_wire, "record"));
}
