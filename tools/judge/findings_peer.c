/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings_peer.c - what can be said about the brokers: whether anybody listened.
 */
#include "judge/findings.h"

#include "judge/judge.h"
#include "model/number.h"
#include "model/peer_words.h"
#include "model/words.h"
#include "reach/reach.h"

/* Messages of its own that are missing, and by how much that weighs. */
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

/* One that never got as far as to take any has nothing to lose, but that is why. */
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
	finding_evidence(finding, "failed", sum_of(at, finding, PEER_FAILED));
	finding_evidence(finding, "names_not_found",
			 number_sum(sum_of(at, finding, PEER_NAME_UNKNOWN),
				    sum_of(at, finding, PEER_NAME_FAILED)));
}

static void change_by_kind(const struct subject *at, struct finding *finding)
{
	bool names = sum_of(at, finding, PEER_NAME_UNKNOWN) > 0 ||
		     sum_of(at, finding, PEER_NAME_FAILED) > 0;
	bool listens_not = sum_of(at, finding, PEER_REFUSED) > 0;

	if (names)
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
		!reach.cut_off ? "Some brokers could not be reached"
		: reach.ever   ? "The broker was lost, and could not be reached again"
			       : "No broker could be reached",
		where, missing_words(at));
}
