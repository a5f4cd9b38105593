/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guard.c - see guard.h.
 *
 * What a policy accepts is printed, unless the policy ignores it: a known case
 * is printed with its reason and its line in the policy.
 */
#include "cli/guard.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "compare/compare.h"
#include "file/regular.h"
#include "policy/policy_source.h"
#include "render/render.h"
#include "say/say.h"
#include "signature/signature.h"

static bool load(struct guard *guard, const char *path)
{
	struct policy_fault fault;

	guard->active = policy_load(&guard->policy, path, &fault);
	if (guard->active)
		return true;
	if (fault.at.line > 0)
		say("%s:%d:%d: %s", path, fault.at.line, fault.at.column, fault.what);
	else
		say("%s: %s", path, fault.what);
	return false;
}

/* ---- the baseline ---- */

#define BASELINE_BYTES_MOST (256 * 1024 * 1024)

static bool baseline_parse(struct side *side, const char *path, const char *text, size_t bytes)
{
	char why[SIDE_WHY_BYTES];

	if (side_read(side, text, bytes, why, sizeof why))
		return true;
	say("cannot read '%s': %s", path, why);
	return false;
}

static bool baseline_load(struct guard *guard, const char *path)
{
	const char *why;
	size_t bytes;
	char *text = regular_all(path, BASELINE_BYTES_MOST, &bytes, &why);

	if (!text) {
		say("%s: %s", path, why);
		return false;
	}
	bool read = baseline_parse(&guard->before, path, text, bytes);

	free(text);
	guard->baseline = path;
	guard->active = true;
	return read;
}

/* Makes the summary of this run, to compare it with the baseline. */
static bool summarise(struct side *side, struct run *run)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *stream = open_memstream(&text, &bytes);

	if (!stream)
		say_out_of_memory();
	render_json(run, &(struct render_options){0}, stream);
	if (fclose(stream) != 0)
		say_out_of_memory();
	bool read = baseline_parse(side, "this run", text, bytes);

	free(text);
	return read;
}

/* Whether `finding` needs no case of its own: `by` is a finding of the same producer (or
 * `finding` has none), and is at least as bad. */
static bool is_covered(const struct finding *finding, const struct finding *by)
{
	return finding->verdict != VERDICT_CLEAN && finding->verdict <= by->verdict &&
	       (finding->producer == by->producer || finding->producer == UNKNOWN);
}

static void group_mark(struct run *run, const struct group *group, const char *words)
{
	for (size_t i = 0; i < run->process_count; i++) {
		struct process *process = &run->processes[i];

		for (size_t f = 0; f < process->finding_count; f++) {
			const struct finding *by = &process->findings[f];

			if (!signature_is(by->signature, group->signature))
				continue;
			for (size_t k = 0; k < process->finding_count; k++)
				if (is_covered(&process->findings[k], by))
					process->findings[k].known = words;
		}
	}
}

/* Marks faults that are also in the baseline as known cases, unless they have grown by more
 * than chance. */
static size_t baseline_mark(const struct guard *guard, struct run *run)
{
	struct side now = {0};
	struct comparison comparison;
	const char *words = model_format(run, "in the baseline %s", guard->baseline);
	size_t known = 0;

	if (!summarise(&now, run)) { /* without a summary nothing is known */
		side_free(&now);
		return 0;
	}
	compare(&comparison, &guard->before, &now);
	for (size_t i = 0; i < comparison.pair_count; i++) {
		const struct pair *pair = &comparison.pairs[i];

		if (!pair->after || pair_is_worse(pair))
			continue;
		/* The summary's signatures have the order of the run's groups. */
		for (size_t g = 0; g < run->group_count; g++)
			if (json_array_get(json_object_get(now.summary, "signatures"), g) ==
			    pair->after->row)
				group_mark(run, &run->groups[g], words);
		known++;
	}
	compare_free(&comparison);
	side_free(&now);
	return known;
}

/* ---- comments in the source ---- */

/* `*said`: the last line that was reported as lacking a reason. The same line is looked at for
 * each finding that is blamed on it, but reported once. */
static void lacks_say(const char *words, const char **said)
{
	if (!*said || strcmp(*said, words) != 0)
		say("%s: 'unflushed: ignore[...]' is not kept: it lacks its reason", words);
	*said = words;
}

/* Marks findings that a comment in the source knows; returns how many. */
static size_t source_mark(struct run *run, const char *root)
{
	const char *words, *said = NULL;
	size_t known = 0;

	for (size_t i = 0; i < run->process_count; i++) {
		struct process *process = &run->processes[i];

		for (size_t f = 0; f < process->finding_count; f++) {
			struct finding *finding = &process->findings[f];

			if (finding->known || finding->verdict == VERDICT_CLEAN)
				continue;
			switch (policy_source(run, process, finding, root, &words)) {
			case SOURCE_KNOWS:
				finding->known = words;
				known++;
				break;
			case SOURCE_LACKS_REASON:
				lacks_say(words, &said);
				break;
			case SOURCE_SAYS_NOTHING:
				break;
			}
		}
	}
	return known;
}

/* ---- the policy ---- */

/* Without a policy, --fail-on or its default decides. */
static void without_policy(struct guard *guard, const char *fail_on)
{
	enum verdict mildest = VERDICT_BLIND;

	verdict_by_name(fail_on ? fail_on : VERDICT_MILDEST, &mildest);
	policy_default(&guard->policy, "--fail-on");
	for (int verdict = VERDICT_FAILED; verdict <= VERDICT_LOST; verdict++)
		guard->policy.actions[verdict] =
			(enum verdict)verdict >= mildest ? POLICY_FAIL : POLICY_WARN;
}

bool guard_take(struct guard *guard, const struct guard_given *given, const char *fail_on,
		const char *root)
{
	char *here = given->policy ? NULL : getcwd(NULL, 0);
	char *found = here ? policy_find(here) : NULL;
	const char *path = given->policy ? given->policy : found;
	bool taken = true;

	*guard = (struct guard){.asked = true, .strict = given->strict, .root = root};
	if (path && fail_on) {
		say("--fail-on and the policy '%s' cannot both decide what fails", path);
		taken = false;
	} else if (found && !regular_is_trusted(found)) {
		say("'%s' may be another user's, who could let anything pass: name it with "
		    "--policy if it is meant",
		    found);
		taken = false;
	} else if (path) {
		taken = guard->ruled = load(guard, path);
	} else if (given->strict) {
		say("--strict is about the known cases of a policy, and there is none");
		taken = false;
	} else {
		without_policy(guard, fail_on);
	}
	if (taken && given->baseline)
		taken = baseline_load(guard, given->baseline);
	free(found);
	free(here);
	if (!taken)
		guard_end(guard);
	return taken;
}

/* The local date, in the form of policy_known.until. */
static int64_t today(void)
{
	time_t now = time(NULL);
	struct tm day;

	localtime_r(&now, &day);
	return (day.tm_year + 1900) * 10000 + (day.tm_mon + 1) * 100 + day.tm_mday;
}

/* Whether all findings that give the run its verdict are known cases. A finding that the
 * policy ignores, or only warns of, is not one. */
static bool worst_is_known(const struct run *run)
{
	for (size_t i = 0; i < run->process_count; i++) {
		const struct process *process = &run->processes[i];

		for (size_t f = 0; process->judged && f < process->finding_count; f++)
			if (process->findings[f].verdict == run->verdict &&
			    !process->findings[f].known)
				return false;
	}
	return true;
}

/* Marks the known cases in the run, so that every format of the report shows them as known. */
static void known_mark(const struct guard *guard, struct run *run,
		       const struct policy_answer *answer)
{
	for (size_t i = 0; i < run->process_count; i++) {
		struct process *process = &run->processes[i];

		for (size_t f = 0; f < process->finding_count; f++) {
			const struct policy_known *known =
				policy_knows(&guard->policy, process, &process->findings[f]);

			if (known)
				process->findings[f].known =
					model_format(run, "%s (%s:%d)", known->reason,
						     guard->policy.path, known->at.line);
		}
	}
	run->known =
		answer->known > 0 && answer->failing == VERDICT_CLEAN && worst_is_known(run);
}

static void case_say(const struct policy *policy, const struct policy_known *known)
{
	if (known->expired)
		say("%s:%d:%d: this known case ended on %04" PRId64 "-%02" PRId64 "-%02" PRId64,
		    policy->path, known->at.line, known->at.column, known->until / 10000,
		    known->until / 100 % 100, known->until % 100);
	else if (!known->matched)
		say("%s:%d:%d: this known case matches nothing", policy->path, known->at.line,
		    known->at.column);
	else if (known->exceeded && known->matched_messages == UNKNOWN)
		say("%s:%d:%d: how many messages this known case has cost cannot be said; "
		    "at most %" PRId64 " are known",
		    policy->path, known->at.line, known->at.column, known->messages);
	else if (known->exceeded)
		say("%s:%d:%d: this known case has cost up to %" PRId64
		    " messages; at most %" PRId64 " are known",
		    policy->path, known->at.line, known->at.column, known->matched_messages,
		    known->messages);
	else
		say("KNOWN: %s (%s:%d): %zu %s", known->reason, policy->path, known->at.line,
		    known->findings, known->findings == 1 ? "finding" : "findings");
}

struct policy_answer guard_ask(struct guard *guard, struct run *run, bool blind)
{
	const struct policy *policy = &guard->policy;
	size_t noted = source_mark(run, guard->root);

	guard->active |= noted > 0;
	if (!guard->active)
		return (struct policy_answer){0};
	size_t old = guard->baseline ? baseline_mark(guard, run) : 0;
	struct policy_answer answer = policy_decide(&guard->policy, run, today(), blind);

	known_mark(guard, run, &answer);
	if (guard->ruled)
		policy_show(policy, run, &answer);
	if (noted)
		say("KNOWN: %zu %s by comments in the source", noted,
		    noted == 1 ? "finding" : "findings");
	for (size_t i = 0; i < policy->known_count; i++)
		case_say(policy, &policy->known[i]);
	if (guard->baseline)
		say("%s: %zu of %zu faults %s known, and no more than then", guard->baseline,
		    old, run->group_count, old == 1 ? "is" : "are");
	if (answer.ignored > 0)
		say("%s: %zu %s not matter", policy->path, answer.ignored,
		    answer.ignored == 1 ? "process does" : "processes do");
	if (answer.allowed)
		say("%s: messages are lost or at risk, but no more than the %" PRId64
		    " allowed",
		    policy->path, policy->messages);
	if (answer.broker_errors > 0 && policy->broker_errors != POLICY_IGNORE)
		say("%s: brokers answered %zu %s with errors: that %s", policy->path,
		    answer.broker_errors, answer.broker_errors == 1 ? "process" : "processes",
		    policy->broker_errors == POLICY_FAIL ? "fails" : "only warns");
	if (guard->ruled && answer.warned > answer.failing)
		say("%s: %s only warns", policy->path, verdict_name(answer.warned));
	return answer;
}

int guard_exit_code(const struct guard *guard, const struct policy_answer *answer)
{
	if (answer->failing != VERDICT_CLEAN)
		return verdict_exit_code(answer->failing);
	return guard->strict && (answer->expired > 0 || answer->unused > 0) ? OPTIONS_USAGE : 0;
}

void guard_end(struct guard *guard)
{
	policy_free(&guard->policy);
	side_free(&guard->before);
	guard->active = false;
}
