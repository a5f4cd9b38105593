/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.c - reads traces from paths, judges them as a run, and passes it to a
 * renderer.
 *
 * Shared by `report`, `check` and `run`.
 */
#include "cli/report.h"

#include <time.h>

#include "build/build.h"
#include "build/symbols.h"
#include "cli/gather.h"
#include "judge/findings.h"
#include "judge/judge.h"
#include "model/configuration.h"
#include "model/model.h"
#include "say/say.h"

/* Adds the host to the run if it left no trace, whatever its children did. */
static void add_host(struct run *run, const struct host *host)
{
	bool traced = false;

	for (size_t i = 0; i < run->process_count; i++)
		traced |= run->processes[i].pid == host->pid;
	if (host->proves)
		build_proof(run, host);
	if (traced)
		build_observed(run, host);
	else if (!host->shim_loaded || run->process_count == 0 || host->silent_reason ||
		 host->doubt)
		build_host(run, host);
	/* The host left a trace, but a process that it started could not. */
	if (traced && host->silent_reason)
		build_silent(run, host);
	for (size_t i = 0; i < host->unloaded_count; i++)
		build_unloaded(run, &host->unloaded[i]);
}

static enum verdict failing(const struct report_outcome *outcome, enum verdict mildest)
{
	if (outcome->guard)
		return outcome->answer.failing;
	return outcome->verdict >= mildest || outcome->nothing_arrived ? outcome->verdict
								       : VERDICT_CLEAN;
}

int report_exit_status(const struct report_outcome *outcome, enum verdict mildest, int answer)
{
	enum verdict verdict = failing(outcome, mildest);

	if (verdict <= VERDICT_BLIND && answer == REPORT_UNREADABLE)
		return REPORT_UNREADABLE;
	if (outcome->guard)
		return guard_exit_code(outcome->guard, &outcome->answer);
	if (verdict <= VERDICT_BLIND && answer == REPORT_NO_TRACE)
		return verdict_exit_code(VERDICT_BLIND);
	return verdict_exit_code(verdict);
}

static struct report_outcome outcome_of(const struct run *run)
{
	const int64_t *messages = run->tally.messages;

	return (struct report_outcome){
		.verdict = run->verdict,
		.nothing_arrived = messages[PRODUCED] > 0 && messages[DELIVERED] == 0 &&
				   messages[UNCONFIRMED] == 0,
	};
}

bool report_choice(struct choice *choice, const struct choose_given *given, char *why)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return choose_take(choice, given, now.tv_sec * INT64_C(1000000000) + now.tv_nsec, why,
			   CHOOSE_WHY_BYTES);
}

/* To choose by verdict and signature, all processes must be judged first; the chosen ones are
 * then judged again, so that the run's totals count only them. */
static void judge_chosen(struct run *run, const struct choice *choice)
{
	size_t before = run->process_count;

	choose_before(run, choice);
	judge_run(run);
	findings_raise(run);
	if (choose_after(run, choice)) {
		judge_run(run);
		findings_raise(run);
	}
	if (choice->any)
		say("%zu of %zu processes are chosen", run->process_count, before);
}

int report_paths(const struct report_options *options, struct report_outcome *outcome)
{
	struct run whole = {0}, *run = &whole;
	struct gathered gathered =
		gather_traces(run, options->paths, options->path_count, options->host != NULL);

	if (options->host)
		add_host(run, options->host);
	run->not_mine = (struct not_mine){options->not_mine.items, options->not_mine.count};
	judge_chosen(run, &options->choice);
	/* A trace that could not be read may be the one with the losses. */
	if (gathered.unreadable || gathered.empty)
		run->verdict = verdict_worse(run->verdict, VERDICT_BLIND);
	if (run->process_count == 0)
		run->losses.possible = run->losses.possible_bytes = UNKNOWN;
	*outcome = outcome_of(run);
	if (options->guard && options->guard->asked) {
		outcome->answer =
			guard_ask(options->guard, run, gathered.unreadable || gathered.empty);
		outcome->guard = options->guard->active ? options->guard : NULL;
	}
	by_make(run, &options->by);
	if (options->print)
		options->print(options->to, run);
	symbols_close();
	configuration_close();
	model_free(run);
	return gathered.unreadable ? REPORT_UNREADABLE : gathered.empty ? REPORT_NO_TRACE : 0;
}
