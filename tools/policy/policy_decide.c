/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_decide.c - applies a policy to a judged run.
 *
 * Every verdict of a process, its producers, its sockets and its findings
 * counts, unless a known case explains it. The table of actions says what the
 * verdicts that count lead to. A verdict without a finding cannot be explained
 * by a known case, so it counts.
 */
#include "policy/policy.h"

#include <fnmatch.h>
#include <string.h>

#include "model/number.h"
#include "signature/plain.h"

/* The verdicts that count for a process or a run: a bit for each, and one more. */
#define BIT(verdict) (1U << (verdict))
#define NO_KAFKA BIT(VERDICT_LOST + 1)
#define NOTHING_SEEN "nothing-seen"

/* Matches the whole text, or what follows its last '/'. */
static bool glob_matches(const char *glob, const char *text)
{
	return text && (fnmatch(glob, text, 0) == 0 || fnmatch(glob, plain_base(text), 0) == 0);
}

/* Matches what the process runs (the script, jar or class of an interpreter), or the
 * executable. */
static bool program_matches(const char *glob, const struct process *process)
{
	return glob_matches(glob, process->program) || glob_matches(glob, process->exe);
}

static bool is_ignored(const struct policy *policy, const struct process *process)
{
	for (size_t i = 0; i < policy->program_count; i++)
		if (program_matches(policy->programs[i], process))
			return true;
	return false;
}

static bool frame_matches(const char *glob, const struct call_site *site)
{
	for (size_t i = 0; site && i < site->depth; i++)
		if (glob_matches(glob, site->frames[i].function) ||
		    glob_matches(glob, site->frames[i].file))
			return true;
	return false;
}

static bool arrived(const struct topic *topic)
{
	const int64_t *messages = topic->tally.messages;

	return messages[OUTSTANDING] == 0 && messages[FAILED] == 0 && messages[PURGED] == 0 &&
	       messages[REJECTED] == 0;
}

/* Whether the glob matches every topic of the producer in which a message did not arrive, and
 * there is such a topic. If all messages arrived (the producer did not wait), every topic must
 * match. */
static bool topics_match(const char *glob, const struct process *process,
			 const struct finding *finding)
{
	bool all_arrived = true, any = false;

	if (finding->producer < 0 || (size_t)finding->producer >= process->producer_count)
		return false;
	const struct producer *producer = &process->producers[finding->producer];

	for (size_t i = 0; i < producer->topic_count; i++)
		all_arrived &= arrived(&producer->topics[i]);
	for (size_t i = 0; i < producer->topic_count; i++) {
		const struct topic *topic = &producer->topics[i];

		if (!all_arrived && arrived(topic))
			continue;
		any = true;
		if (!topic->name || fnmatch(glob, topic->name, 0) != 0)
			return false;
	}
	return any;
}

static bool known_matches(const struct policy_known *known, const struct process *process,
			  const struct finding *finding)
{
	return finding->verdict != VERDICT_CLEAN &&
	       (!known->finding || strcmp(known->finding, finding->id) == 0) &&
	       (!known->signature ||
		strcmp(known->signature, finding->signature->digits) == 0) &&
	       (!known->program || program_matches(known->program, process)) &&
	       (!known->frame || frame_matches(known->frame, finding->site)) &&
	       (!known->topic || topics_match(known->topic, process, finding));
}

const struct policy_known *policy_knows(const struct policy *policy,
					const struct process *process,
					const struct finding *finding)
{
	for (size_t i = 0; i < policy->known_count; i++) {
		const struct policy_known *known = &policy->known[i];

		if (!known->expired && !known->exceeded &&
		    known_matches(known, process, finding))
			return known;
	}
	return NULL;
}

/* Whether the policy knows the finding, or something else (a baseline) already does. */
static bool is_known(const struct policy *policy, const struct process *process,
		     const struct finding *finding)
{
	return finding->known || policy_knows(policy, process, finding);
}

/* ---- how many messages a known case covers ---- */

/* Between `certain` and `certain` plus `possible` messages did not arrive: returns the most
 * that it can be. */
static int64_t most_lost(const struct losses *losses)
{
	if (losses->certain == UNKNOWN || losses->possible == UNKNOWN)
		return UNKNOWN;
	return number_sum(losses->certain, losses->possible);
}

/* Counts each producer once, or the process as a whole if a finding names no producer. */
static void known_count(struct policy_known *known, const struct process *process)
{
	bool whole = false;
	int64_t messages = 0;

	for (size_t i = 0; i < process->finding_count; i++) {
		const struct finding *finding = &process->findings[i];
		bool first = true;

		if (!known_matches(known, process, finding))
			continue;
		known->matched = true;
		known->findings++;
		if (finding->producer < 0 ||
		    (size_t)finding->producer >= process->producer_count) {
			whole = true;
			continue;
		}
		for (size_t before = 0; before < i; before++)
			first &= process->findings[before].producer != finding->producer ||
				 !known_matches(known, process, &process->findings[before]);
		if (first)
			messages = number_sum(
				messages,
				most_lost(&process->producers[finding->producer].losses));
	}
	known->matched_messages = number_sum(known->matched_messages,
					     whole ? most_lost(&process->losses) : messages);
}

static void known_weigh(struct policy *policy, const struct run *run, int64_t today,
			struct policy_answer *answer)
{
	for (size_t k = 0; k < policy->known_count; k++) {
		struct policy_known *known = &policy->known[k];

		known->matched = known->exceeded = false;
		known->matched_messages = 0;
		known->findings = 0;
		known->expired = known->until != UNKNOWN && known->until < today;
		for (size_t i = 0; i < run->process_count; i++)
			if (!is_ignored(policy, &run->processes[i]))
				known_count(known, &run->processes[i]);
		known->exceeded = known->matched && known->messages != UNKNOWN &&
				  (known->matched_messages == UNKNOWN ||
				   known->matched_messages > known->messages);
		answer->expired += known->expired;
		answer->exceeded += !known->expired && known->exceeded;
		answer->unused += !known->expired && !known->matched;
	}
}

/* ---- what counts ---- */

/* Whether a known finding explains this verdict of a producer or a socket (by index). */
static bool is_explained(const struct policy *policy, const struct process *process,
			 enum verdict verdict, size_t index, bool socket)
{
	for (size_t i = 0; i < process->finding_count; i++) {
		const struct finding *finding = &process->findings[i];
		int64_t of = socket ? finding->socket : finding->producer;

		if (finding->verdict >= verdict && (of == UNKNOWN || of == (int64_t)index) &&
		    is_known(policy, process, finding))
			return true;
	}
	return false;
}

static unsigned finding_bits(const struct policy *policy, const struct process *process,
			     struct policy_answer *answer)
{
	unsigned bits = 0;

	for (size_t i = 0; i < process->finding_count; i++) {
		const struct finding *finding = &process->findings[i];

		if (finding->verdict == VERDICT_CLEAN)
			continue;
		if (is_known(policy, process, finding))
			answer->known++;
		else if (strcmp(finding->id, NOTHING_SEEN) == 0)
			bits |= NO_KAFKA;
		else
			bits |= BIT(finding->verdict);
	}
	return bits;
}

static unsigned process_bits(const struct policy *policy, const struct process *process,
			     struct policy_answer *answer)
{
	unsigned bits = finding_bits(policy, process, answer);

	for (size_t i = 0; i < process->producer_count; i++) {
		enum verdict verdict = process->producers[i].verdict;

		if (!is_explained(policy, process, verdict, i, false))
			bits |= BIT(verdict);
	}
	for (size_t i = 0; i < process->socket_count; i++) {
		enum verdict verdict = process->sockets[i].verdict;

		if (!is_explained(policy, process, verdict, i, true))
			bits |= BIT(verdict);
	}
	/* If no finding is a known case, or none as bad as the verdict, the verdict counts. */
	bool nothing_seen = process->verdict == VERDICT_BLIND && (bits & NO_KAFKA);
	bool known_as_bad = false;

	for (size_t i = 0; !known_as_bad && i < process->finding_count; i++)
		known_as_bad = process->findings[i].verdict >= process->verdict &&
			       is_known(policy, process, &process->findings[i]);
	if (!nothing_seen && !known_as_bad)
		bits |= BIT(process->verdict);
	return bits & ~BIT(VERDICT_CLEAN);
}

/* Removes lost and at risk if the whole run has no more of them than is accepted. */
static unsigned allow(const struct policy *policy, unsigned bits, int64_t messages,
		      struct policy_answer *answer)
{
	const unsigned losses = BIT(VERDICT_LOST) | BIT(VERDICT_AT_RISK);

	answer->allowed = policy->messages > 0 && (bits & losses) && messages != UNKNOWN &&
			  messages <= policy->messages;
	return answer->allowed ? bits & ~losses : bits;
}

static void act(const struct policy *policy, unsigned bits, struct policy_answer *answer)
{
	for (int verdict = VERDICT_FAILED; verdict <= VERDICT_LOST; verdict++) {
		enum policy_action action = policy->actions[verdict];
		bool no_kafka = verdict == VERDICT_BLIND && (bits & NO_KAFKA);

		if (!(bits & BIT(verdict)) && !no_kafka)
			continue;
		if (no_kafka && (!(bits & BIT(verdict)) || policy->no_kafka < action))
			action = policy->no_kafka;
		if (action == POLICY_FAIL)
			answer->failing = (enum verdict)verdict;
		else if (action == POLICY_WARN)
			answer->warned = (enum verdict)verdict;
	}
}

/* If the policy only warns of `failed`, that does not hold if nothing arrived at all. */
static void nothing_arrived(const struct policy *policy, unsigned bits,
			    const int64_t messages[AMOUNT_COUNT], struct policy_answer *answer)
{
	bool none = messages[PRODUCED] > 0 && messages[DELIVERED] == 0 &&
		    messages[UNCONFIRMED] == 0;

	if (none && (bits & BIT(VERDICT_FAILED)) && answer->failing < VERDICT_FAILED &&
	    policy->actions[VERDICT_FAILED] != POLICY_IGNORE)
		answer->failing = VERDICT_FAILED;
}

/* Only if all messages arrived in the end: else the finding has a verdict, as any other. */
static bool has_broker_errors(const struct process *process)
{
	for (size_t i = 0; i < process->finding_count; i++)
		if (process->findings[i].verdict == VERDICT_CLEAN &&
		    strcmp(process->findings[i].id, "broker-errors") == 0)
			return true;
	return false;
}

/* There is no verdict for that: it is treated as bad as `failed`. */
static void broker_errors(const struct policy *policy, struct policy_answer *answer)
{
	if (answer->broker_errors > 0 && policy->broker_errors == POLICY_FAIL)
		answer->failing = verdict_worse(answer->failing, VERDICT_FAILED);
}

struct policy_answer policy_decide(struct policy *policy, const struct run *run, int64_t today,
				   bool blind)
{
	struct policy_answer answer = {0};
	struct tally tally = {0};
	size_t counted = 0, judged = 0;
	int64_t messages = 0;
	unsigned bits = blind ? BIT(VERDICT_BLIND) : 0;

	known_weigh(policy, run, today, &answer);
	for (size_t i = 0; i < run->process_count; i++) {
		const struct process *process = &run->processes[i];

		if (is_ignored(policy, process)) {
			answer.ignored++;
			continue;
		}
		counted++;
		if (!process->judged)
			continue;
		judged++;
		answer.broker_errors += has_broker_errors(process);
		unsigned of_process = process_bits(policy, process, &answer);

		bits |= of_process;
		if (of_process & (BIT(VERDICT_LOST) | BIT(VERDICT_AT_RISK)))
			messages = number_sum(messages, most_lost(&process->losses));
		for (size_t p = 0; p < process->producer_count; p++)
			tally_add(&tally, &process->producers[p].tally);
	}
	/* No process that counts used Kafka, or no process counts: then nothing was judged. */
	if (judged == 0)
		bits |= counted > 0 ? NO_KAFKA : BIT(VERDICT_BLIND);
	bits = allow(policy, bits, messages, &answer);
	act(policy, bits, &answer);
	broker_errors(policy, &answer);
	nothing_arrived(policy, bits, tally.messages, &answer);
	return answer;
}

void policy_show(const struct policy *policy, struct run *run,
		 const struct policy_answer *answer)
{
	const int64_t *messages = run->tally.messages;
	bool none = messages[PRODUCED] > 0 && messages[DELIVERED] == 0 &&
		    messages[UNCONFIRMED] == 0;

	run->ruled = true;
	run->lets_pass = answer->failing == VERDICT_CLEAN;
	run->broker_errors_fail =
		answer->broker_errors > 0 && policy->broker_errors == POLICY_FAIL;
	run->passes_unseen = policy->no_kafka != POLICY_FAIL;
	run->passes = BIT(VERDICT_CLEAN);
	for (int verdict = VERDICT_FAILED; verdict <= VERDICT_LOST; verdict++)
		if (policy->actions[verdict] != POLICY_FAIL)
			run->passes |= BIT(verdict);
	if (answer->allowed)
		run->passes |= BIT(VERDICT_LOST) | BIT(VERDICT_AT_RISK);
	if (none && policy->actions[VERDICT_FAILED] == POLICY_WARN)
		run->passes &= ~BIT(VERDICT_FAILED);
	for (size_t i = 0; i < run->process_count; i++) {
		struct process *process = &run->processes[i];

		for (size_t f = 0; is_ignored(policy, process) && f < process->finding_count;
		     f++)
			if (!process->findings[f].known)
				process->findings[f].known = model_format(
					run, "the program does not matter (%s)", policy->path);
	}
}
