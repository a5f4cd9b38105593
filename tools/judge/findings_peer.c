/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings_peer.c - findings about the brokers: whether they could be reached, and which errors
 * they answered.
 */
#include "judge/findings.h"

#include "judge/judge.h"
#include "model/number.h"
#include "model/peer_words.h"
#include "model/words.h"
#include "reach/answers.h"
#include "reach/reach.h"

/* Whether messages of the producer are missing, as a verdict. */
static enum verdict what_is_missing(const struct subject *at)
{
	const struct producer *producer = at->producer;

	if (!producer)
		return VERDICT_CLEAN;
	const struct bad_ends ends = judge_bad_ends(producer);
	enum verdict verdict = verdict_worse(
		judge_outstanding(at->process, producer),
		verdict_worse(judge_bad_end(&ends.failed, producer->failed_maybe),
			      judge_bad_end(&ends.purged, producer->purged_maybe)));

	return judge_not_retried(producer) != 0 ? verdict_worse(verdict, VERDICT_AT_RISK)
						: verdict;
}

/* Whether it has messages. A client that never accepted any has nothing to lose, but may have
 * been prevented from accepting some. */
static bool has_messages(const struct subject *at)
{
	return at->producer && (at->producer->tally.messages[PRODUCED] > 0 ||
				at->producer->tally.messages[REJECTED] > 0);
}

bool when_broker_unreachable(const struct subject *at)
{
	const struct reach reach = reach_of(at->process, at->producer);

	if (reach.failing == 0 || at->process->how == ENDED_RUNNING)
		return false;
	if (!at->producer || what_is_missing(at) == VERDICT_CLEAN)
		return reach.cut_off && !has_messages(at);
	return true;
}

#define PEERS_NAMED 3 /* further ones are counted */

/* "at 127.0.0.1:1 12 connects were refused; ..." Fills in the finding's peers. */
static const char *all_words(const struct subject *at, struct finding *finding)
{
	const struct process *process = at->process;
	const char *words = "";

	finding->peers = model_alloc(at->run, process->peer_count * sizeof *finding->peers + 1);
	for (size_t i = 0; i < process->peer_count; i++) {
		if (!reach_failed(process, at->producer, &process->peers[i]))
			continue;
		finding->peers[finding->peer_count++] = i;
		if (finding->peer_count <= PEERS_NAMED)
			words = model_format(at->run, "%s%s%s %s", words,
					     finding->peer_count > 1 ? "; at " : "at ",
					     words_peer(at->run, &process->peers[i]),
					     words_peer_ends(at->run, &process->peers[i]));
	}
	if (finding->peer_count > PEERS_NAMED)
		words = model_format(at->run, "%s; and the same at %zu more", words,
				     finding->peer_count - PEERS_NAMED);
	return words;
}

static int64_t sum_of(const struct subject *at, const struct finding *finding,
		      enum trace_peer_end end)
{
	int64_t sum = 0;

	for (size_t i = 0; i < finding->peer_count; i++)
		sum = number_sum(sum, at->process->peers[finding->peers[i]].ends[end]);
	return sum;
}

static int64_t turned_away(const struct subject *at, const struct finding *finding)
{
	int64_t sum = 0;

	for (int i = PEER_TURNED_AWAY; i < TRACE_PEER_ENDS; i++)
		sum = number_sum(sum, sum_of(at, finding, (enum trace_peer_end)i));
	return sum;
}

static void evidence(const struct subject *at, struct finding *finding)
{
	int64_t begun = 0;

	for (size_t i = 0; i < finding->peer_count; i++)
		begun = number_sum(begun, at->process->peers[finding->peers[i]].begun);
	finding_evidence(finding, "attempts", begun);
	finding_evidence(finding, "connected", sum_of(at, finding, PEER_CONNECTED));
	finding_evidence(finding, "refused", sum_of(at, finding, PEER_REFUSED));
	finding_evidence(finding, "timed_out", sum_of(at, finding, PEER_TIMED_OUT));
	finding_evidence(finding, "unanswered", sum_of(at, finding, PEER_UNANSWERED));
	finding_evidence(finding, "unreachable", sum_of(at, finding, PEER_UNREACHABLE));
	finding_evidence(finding, "turned_away", turned_away(at, finding));
	finding_evidence(finding, "names_not_found",
			 number_sum(sum_of(at, finding, PEER_NAME_UNKNOWN),
				    sum_of(at, finding, PEER_NAME_FAILED)));
}

static void change_by_kind(const struct subject *at, struct finding *finding)
{
	bool names = sum_of(at, finding, PEER_NAME_UNKNOWN) > 0 ||
		     sum_of(at, finding, PEER_NAME_FAILED) > 0;
	bool listens_not = sum_of(at, finding, PEER_REFUSED) > 0;

	if (sum_of(at, finding, PEER_NO_TLS) > 0)
		finding->change = "check that this listener speaks TLS (security.protocol)";
	else if (sum_of(at, finding, PEER_WANTS_TLS) > 0 ||
		 sum_of(at, finding, PEER_HUNG_UP) > 0)
		finding->change = "set security.protocol to what this listener speaks (SSL?)";
	else if (sum_of(at, finding, PEER_DISTRUSTED) > 0)
		finding->change = "trust the broker's authority; check name and dates of its "
				  "certificate";
	else if (sum_of(at, finding, PEER_TLS_REFUSED) > 0 ||
		 sum_of(at, finding, PEER_TLS_BROKEN) > 0)
		finding->change = "give the client a certificate that the broker trusts";
	else if (sum_of(at, finding, PEER_NOT_LET_IN) > 0 ||
		 sum_of(at, finding, PEER_AUTHENTICATION_REFUSED) > 0)
		finding->change = "correct user, password and mechanism (sasl.*)";
	else if (names)
		finding->change = "correct the name in bootstrap.servers, or what resolves it";
	else if (!listens_not)
		finding->change = "look for a firewall, and check address and route to it";
}

/* " 60 of 100 messages were outstanding at the end, 40 had failed." */
static const char *missing_words(const struct subject *at)
{
	const int64_t *messages;
	const char *words = "";

	if (!at->producer)
		return " The program made no producer.";
	messages = at->producer->tally.messages;
	if (messages[OUTSTANDING] > 0)
		words = model_format(at->run, " %s of %s not delivered at the end.",
				     words_number(at->run, messages[OUTSTANDING]),
				     words_count(at->run, messages[PRODUCED], "message"));
	if (messages[FAILED] + messages[PURGED] > 0)
		words = model_format(at->run, "%s %s of %s given up.", words,
				     words_number(at->run, messages[FAILED] + messages[PURGED]),
				     words_count(at->run, messages[PRODUCED], "message"));
	if (!has_messages(at))
		return " It took no message.";
	if (messages[REJECTED] > 0)
		words = model_format(at->run, "%s %s refused.", words,
				     words_count(at->run, messages[REJECTED], "message"));
	return words;
}

void say_broker_unreachable(const struct subject *at, struct finding *finding)
{
	const struct reach reach = reach_of(at->process, at->producer);
	const char *where = all_words(at, finding);

	finding->verdict = !reach.cut_off ? VERDICT_CLEAN
			   : at->producer ? what_is_missing(at)
					  : VERDICT_BLIND;
	finding->is_cause = reach.cut_off;
	evidence(at, finding);
	change_by_kind(at, finding);
	if (at->producer)
		finding_blames(at, finding,
			       at->producer->tally.messages[OUTSTANDING] > 0 ? OUTSTANDING
			       : at->producer->tally.messages[FAILED] > 0    ? FAILED
									     : REJECTED);
	finding->text = model_format(
		at->run, "%s: %s.%s",
		!reach.cut_off	    ? "Some brokers could not be reached"
		: reach.turned_away ? "No broker let the client in"
		: reach.ever	    ? "The broker was lost, and could not be reached again"
				    : "No broker could be reached",
		where, missing_words(at));
}

/* ---- errors that they answered ---- */

/* The errors that brokers answered to a producer, and the most frequent one. */
struct errors {
	int64_t answers, produce; /* all; those to Produce */
	int64_t lasting;	  /* that do not pass by waiting */
	int64_t failed;		  /* messages that failed with a broker's error */
	int32_t usual;		  /* the most frequent code */
	int64_t most;
};

static void errors_add(struct errors *errors, int32_t code, int64_t count)
{
	if (count > errors->most) {
		errors->most = count;
		errors->usual = code;
	}
}

static struct errors errors_of(const struct subject *at)
{
	struct errors errors = {0};

	for (size_t i = 0; i < at->process->peer_count; i++) {
		const struct peer *peer = &at->process->peers[i];

		if (!reach_is_broker(at->process, at->producer, peer))
			continue;
		for (size_t j = 0; j < peer->answer_count; j++) {
			const struct answer *answer = &peer->answers[j];

			errors.answers = number_sum(errors.answers, answer->count);
			if (answer->api == KAFKA_API_PRODUCE)
				errors.produce = number_sum(errors.produce, answer->count);
			const struct answer_change *change = answer_change(answer->code);

			if (change && change->lasts)
				errors.lasting = number_sum(errors.lasting, answer->count);
			errors_add(&errors, answer->code, answer->count);
		}
	}
	for (size_t i = 0; at->producer && i < at->producer->error_count; i++) {
		const struct error *error = &at->producer->errors[i];

		if (!answer_is_brokers(error->code))
			continue;
		errors.failed = number_sum(errors.failed, error->messages);
		errors_add(&errors, error->code, error->messages);
	}
	return errors;
}

/* No message of it was ever accepted: the brokers answered with errors, or not at all. */
static bool nothing_taken(const struct subject *at)
{
	const int64_t *messages = at->producer->tally.messages;

	return messages[DELIVERED] <= 0 && messages[UNCONFIRMED] <= 0;
}

/* Whether the program, or the client, waited for the errors to pass. */
static bool was_waited_out(const struct producer *producer)
{
	return producer->tally.messages[FAILED] > 0 || producer->flush_timeouts > 0 ||
	       producer->in_flush;
}

/* Whether the errors are why messages are missing: messages failed with them, or none was
 * accepted although the program waited. A temporary error is no cause if the program did not
 * wait. */
static bool errors_are_cause(const struct subject *at, const struct errors *errors)
{
	if (!at->producer || what_is_missing(at) == VERDICT_CLEAN ||
	    reach_of(at->process, at->producer).cut_off)
		return false;
	/* These errors told the client of a fault that has a finding of its own. */
	if (when_fenced(at) || when_fatal_error(at))
		return false;
	if (errors->failed > 0)
		return true;
	return nothing_taken(at) &&
	       (errors->lasting > 0 || (errors->produce > 0 && was_waited_out(at->producer)));
}

bool when_broker_errors(const struct subject *at)
{
	const struct errors errors = errors_of(at);

	if (!at->producer || at->process->how == ENDED_RUNNING)
		return false;
	/* A topic that is being created has no leader for a moment: such errors are normal. */
	return errors.failed > 0 || errors.produce > 0 ||
	       (errors.answers > 0 && what_is_missing(at) != VERDICT_CLEAN);
}

/* "Produce with NOT_LEADER_FOR_PARTITION 20 times" */
static const char *answer_words(struct run *run, const struct answer *answer)
{
	return model_format(
		run, "%s with %s %s", words_api(run, answer->api),
		answer->name ? answer->name : "other errors",
		answer->count == 1
			? "once"
			: model_format(run, "%s times", words_number(run, answer->count)));
}

/* "127.0.0.1:9092 answered Produce with ... 20 times, Metadata with ... once; ..." */
static const char *answers_words(const struct subject *at, struct finding *finding)
{
	const char *words = NULL;

	finding->peers =
		model_alloc(at->run, at->process->peer_count * sizeof *finding->peers + 1);
	for (size_t i = 0; i < at->process->peer_count; i++) {
		const struct peer *peer = &at->process->peers[i];

		if (!peer->answer_count || !reach_is_broker(at->process, at->producer, peer))
			continue;
		finding->peers[finding->peer_count++] = i;
		if (finding->peer_count > PEERS_NAMED)
			continue;
		words = model_format(at->run, "%s%s%s answered ", words ? words : "",
				     words ? "; " : "", words_peer(at->run, peer));
		for (size_t j = 0; j < peer->answer_count; j++)
			words = model_format(at->run, "%s%s%s", words, j ? ", " : "",
					     answer_words(at->run, &peer->answers[j]));
	}
	return words;
}

/* The errors that the client reports: the only source where answers cannot be read. */
static const char *failed_words(const struct subject *at)
{
	const char *words = NULL;

	for (size_t i = 0; i < at->producer->error_count; i++) {
		const struct error *error = &at->producer->errors[i];

		if (answer_is_brokers(error->code))
			words = model_format(at->run, "%s%s%s %s with %s", words ? words : "",
					     words ? ", " : "",
					     words_count(at->run, error->messages, "message"),
					     error->rejected ? "were refused" : "failed",
					     error->name ? error->name : "?");
	}
	return words;
}

static void change_by_code(struct run *run, struct finding *finding, int32_t code)
{
	const struct answer_change *change = answer_change(code);

	if (!change)
		return;
	finding->change = change->change;
	finding->fix = model_format(run, "%s %s", finding->fix, change->how);
}

void say_broker_errors(const struct subject *at, struct finding *finding)
{
	const struct errors errors = errors_of(at);
	const char *answered = answers_words(at, finding), *failed = failed_words(at);

	finding->is_cause = errors_are_cause(at, &errors);
	finding->verdict = finding->is_cause ? what_is_missing(at) : VERDICT_CLEAN;
	finding_evidence(finding, "answers", errors.answers);
	finding_evidence(finding, "produce_answers", errors.produce);
	finding_evidence(finding, "failed", errors.failed);
	finding_evidence(finding, "code", errors.usual);
	change_by_code(at->run, finding, errors.usual);
	if (finding->is_cause)
		finding_blames(at, finding, errors.failed > 0 ? FAILED : OUTSTANDING);
	finding->text =
		model_format(at->run, "The broker answered with errors: %s%s%s.%s",
			     answered ? answered : "", answered && failed ? "; " : "",
			     failed ? failed : "", finding->is_cause ? missing_words(at) : "");
}
