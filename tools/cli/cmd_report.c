/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_report.c - `unflushed report`: summarises traces; its exit status does
 * not depend on the verdict.
 */
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/report.h"
#include "output/outputs.h"

static struct outputs_given given;
static struct option_list not_mine;
static struct choose_given choose_given;
static struct by_given by_given;

static const struct option_row rows[] = {
	OUTPUTS_OPTIONS(given, "stdout"),
	NOT_MINE_OPTION(not_mine),
	CHOOSE_OPTIONS(choose_given),
	OUTPUTS_LISTING(given),
	BY_OPTIONS(by_given),
	{0},
};

static const struct option_table table = {
	.command = "report",
	.operands = "TRACE|DIR|PID...",
	.purpose =
		"Says what became of the messages of the processes that left these traces, as\n"
		"one run. Exits with 0 whatever the verdict, with 3 when a trace could not be\n"
		"read or none is there.",
	.rows = rows,
	.operands_least = 1,
};

static void print(void *to, struct run *run)
{
	outputs_print(to, run);
}

int cmd_report(int argc, char **argv)
{
	struct report_outcome outcome;
	struct outputs outputs;
	struct choice choice;
	char why[OUTPUTS_WHY_BYTES];
	int first;
	int status = arguments_take(&table, argc, argv, &first);

	if (status != OPTIONS_PROCEED)
		return status;
	if (!report_choice(&choice, &choose_given, why))
		return arguments_refuse(&table, "%s", why);
	if (!outputs_take(&outputs, &given, OUTPUT_STDOUT, why, sizeof why))
		return arguments_refuse(&table, "%s", why);
	if (!outputs_open(&outputs, false)) {
		outputs_drop(&outputs);
		return 1;
	}
	const struct report_options options = {
		.paths = (const char *const *)argv + first,
		.path_count = (size_t)(argc - first),
		.not_mine = not_mine,
		.choice = choice,
		.by = by_given,
		.print = print,
		.to = &outputs,
	};
	int answer = report_paths(&options, &outcome);

	if (!outputs_end(&outputs))
		return 1;
	return answer ? REPORT_UNREADABLE : 0;
}
