/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_check.c - `unflushed check`: judges traces; its exit status is the
 * verdict's.
 *
 * It fails closed: without anything to judge the verdict is blind, and an
 * unreadable trace makes it fail whatever --fail-on accepts.
 */
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/report.h"
#include "output/outputs.h"

static const char *fail_on;
static struct guard_given guard_given;
static struct outputs_given given;
static struct option_list not_mine;
static struct choose_given choose_given;
static struct by_given by_given;
static bool quiet;

static const struct option_row rows[] = {
	{"fail-on", 0, OPTION_CHOICE, "VERDICT",
	 "the mildest verdict that fails (" VERDICT_MILDEST ")", &fail_on,
	 .choices = VERDICTS_THAT_FAIL},
	OUTPUTS_OPTIONS(given, "stdout"),
	{"quiet", 'q', OPTION_FLAG, NULL, "no report, only the exit status", .into = &quiet},
	NOT_MINE_OPTION(not_mine),
	CHOOSE_OPTIONS(choose_given),
	OUTPUTS_LISTING(given),
	BY_OPTIONS(by_given),
	GUARD_OPTIONS(guard_given),
	{0},
};

static const struct option_table table = {
	.command = "check",
	.operands = "TRACE|DIR|PID...",
	.purpose =
		"Reports like `unflushed report` and exits with the code of the verdict: lost "
		"80,\n"
		"at_risk 81, racy 82, unproven 84, blind 83, failed 85, clean 0; with 0 where "
		"it "
		"is\n"
		"milder than --fail-on says, unless messages were produced and none arrived. "
		"A\n"
		"directory without traces is blind; a trace that cannot be read is 3, unless\n"
		"another one fails worse.",
	.rows = rows,
	.operands_least = 1,
};

static int exit_status(int answer, const struct report_outcome *outcome)
{
	enum verdict mildest = VERDICT_BLIND;

	verdict_by_name(fail_on ? fail_on : VERDICT_MILDEST, &mildest);
	return report_exit_status(outcome, mildest, answer);
}

static void print(void *to, struct run *run)
{
	const struct outputs *outputs = to;

	outputs_print(to, run);
	/* A reader of the text report has seen the verdict already. */
	if (!quiet && !outputs->failed && !outputs_shows_text(outputs) &&
	    !outputs_on_stderr(outputs))
		outputs_answer(outputs, run);
}

int cmd_check(int argc, char **argv)
{
	struct report_outcome outcome;
	struct guard guard;
	struct outputs outputs;
	struct choice choice;
	char why[OUTPUTS_WHY_BYTES];
	int first;
	int status = arguments_take(&table, argc, argv, &first);

	if (status != OPTIONS_PROCEED)
		return status;
	if (!report_choice(&choice, &choose_given, why))
		return arguments_refuse(&table, "%s", why);
	if (guard_given.write_known)
		outputs_add(&given, "known", guard_given.write_known);
	if (!outputs_take(&outputs, &given, OUTPUT_STDOUT, why, sizeof why))
		return arguments_refuse(&table, "%s", why);
	verdict_by_name(fail_on ? fail_on : VERDICT_MILDEST, &outputs.fails_from);
	if (!guard_take(&guard, &guard_given, fail_on, outputs.source_root)) {
		outputs_drop(&outputs);
		return OPTIONS_USAGE;
	}
	if (!outputs_open(&outputs, quiet)) {
		outputs_drop(&outputs);
		guard_end(&guard);
		return 1;
	}
	const struct report_options options = {
		.paths = (const char *const *)argv + first,
		.path_count = (size_t)(argc - first),
		.not_mine = not_mine,
		.choice = choice,
		.by = by_given,
		.guard = &guard,
		.print = print,
		.to = &outputs,
	};
	int answer = report_paths(&options, &outcome);
	/* If the report could not be written, a CI job would look at an old one: so that
	 * fails, too. */
	bool written = outputs_end(&outputs);

	status = written ? exit_status(answer, &outcome) : 1;
	guard_end(&guard);
	return status;
}
