/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guard.c - see guard.h.
 *
 * What a policy lets pass is never passed over in silence, but for what it ignores: a known
 * case is said with its reason and the line of the policy that knows it.
 */
#include "cli/guard.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/say.h"

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

bool guard_take(struct guard *guard, const struct guard_given *given, const char *fail_on)
{
	char *here = given->policy ? NULL : getcwd(NULL, 0);
	char *found = here ? policy_find(here) : NULL;
	const char *path = given->policy ? given->policy : found;
	bool taken = true;

	*guard = (struct guard){.strict = given->strict};
	if (path && fail_on) {
		say("--fail-on and the policy '%s' cannot both decide what fails", path);
		taken = false;
	} else if (path) {
		taken = load(guard, path);
	} else if (given->strict) {
		say("--strict is about the known cases of a policy, and there is none");
		taken = false;
	}
	free(found);
	free(here);
	return taken;
}

/* The local day, as policy_known.until. */
static int64_t today(void)
{
	time_t now = time(NULL);
	struct tm day;

	localtime_r(&now, &day);
	return (day.tm_year + 1900) * 10000 + (day.tm_mon + 1) * 100 + day.tm_mday;
}

/* Every face of the report shows it as known. */
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
	run->known = answer->known > 0 && answer->failing == VERDICT_CLEAN &&
		     answer->warned == VERDICT_CLEAN && !answer->allowed;
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
	struct policy_answer answer = policy_decide(&guard->policy, run, today(), blind);

	known_mark(guard, run, &answer);
	for (size_t i = 0; i < policy->known_count; i++)
		case_say(policy, &policy->known[i]);
	if (answer.ignored > 0)
		say("%s: %zu %s not matter", policy->path, answer.ignored,
		    answer.ignored == 1 ? "process does" : "processes do");
	if (answer.allowed)
		say("%s: messages are lost or at risk, but no more than the %" PRId64
		    " allowed",
		    policy->path, policy->messages);
	if (answer.warned > answer.failing)
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
	guard->active = false;
}
