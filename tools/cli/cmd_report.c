/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_report.c - `unflushed report`: summarises traces; never judges by its exit status.
 */
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/report.h"

static const char *format = "text";
static const char *output;
static struct option_list not_mine;

static const struct option_row rows[] = {
	{"format", 'f', OPTION_CHOICE, "FORMAT", "how to print it (text)", &format,
	 .choices = REPORT_FORMATS, .once = true},
	{"output", 'o', OPTION_STRING, "FILE", "write it there, not to stdout",
	 .into = &output},
	NOT_MINE_OPTION(not_mine),
	{0},
};

static const struct option_table table = {
	.command = "report",
	.operands = "TRACE|DIR...",
	.purpose =
		"Says what became of the messages of the processes that left these traces, as\n"
		"one run. Exits with 0 whatever the verdict, with 3 when a trace could not be\n"
		"read or none is there.",
	.rows = rows,
	.operands_least = 1,
};

int cmd_report(int argc, char **argv)
{
	struct report_outcome outcome;
	struct output to;
	int first;
	int status = arguments_take(&table, argc, argv, &first);

	if (status != OPTIONS_PROCEED)
		return status;
	if (!output_open(&to, output, OUTPUT_STDOUT))
		return 1;
	const struct report_options options = {
		.paths = (const char *const *)argv + first,
		.path_count = (size_t)(argc - first),
		.format = format,
		.not_mine = not_mine,
	};
	int answer = report_paths(&options, to.file, &outcome);

	if (!output_end(&to, "the report"))
		return 1;
	return answer ? REPORT_UNREADABLE : 0;
}
