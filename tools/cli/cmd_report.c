/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_report.c - `unflushed report`: summarises traces; never judges by its exit status.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "options/options.h"
#include "cli/report.h"

static const char *format = "text";
static const char *output;

static const struct option_row rows[] = {
	{"format", 'f', OPTION_CHOICE, "FORMAT", "how to print it (text)", &format,
	 .choices = REPORT_FORMATS},
	{"output", 'o', OPTION_STRING, "FILE", "write it there, not to stdout",
	 .into = &output},
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

static int written(FILE *out)
{
	bool failed = fflush(out) != 0 || ferror(out);

	if (out != stdout && fclose(out) != 0)
		failed = true;
	if (failed)
		fprintf(stderr, "unflushed: cannot write the report: %s\n", strerror(errno));
	return failed ? 1 : 0;
}

int cmd_report(int argc, char **argv)
{
	enum verdict verdict;
	int first;
	int status = options_parse(&table, argc, argv, &first);

	if (status != OPTIONS_PROCEED)
		return status;
	FILE *out = output && strcmp(output, "-") ? fopen(output, "we") : stdout;
	if (!out) {
		fprintf(stderr, "unflushed: cannot write '%s': %s\n", output, strerror(errno));
		return 1;
	}
	const struct report_options options = {
		.paths = (const char *const *)argv + first,
		.path_count = (size_t)(argc - first),
		.format = format,
	};
	int answer = report_paths(&options, out, &verdict);
	int failed = written(out);
	return failed ? failed : answer ? REPORT_UNREADABLE : 0;
}
