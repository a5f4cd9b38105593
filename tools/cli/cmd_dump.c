/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_dump.c - `unflushed dump`: every table and event of one trace, as it stands there.
 *
 * Raw on purpose: no verdicts, no sums beyond a topic's cells. Times count
 * from the start of the process.
 */
#include <string.h>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/report.h"
#include "dump/dump.h"
#include "find/find.h"
#include "output/output.h"
#include "say/say.h"

static const char *format = "text";
static const char *output;

static const struct option_row rows[] = {
	{"format", 'f', OPTION_CHOICE, "FORMAT", "text, or one JSON object per line (text)",
	 &format, .choices = "text|json"},
	{"output", 'o', OPTION_STRING, "FILE", "write it there, not to stdout",
	 .into = &output},
	{0},
};

static const struct option_table table = {
	.command = "dump",
	.operands = "TRACE|PID",
	.purpose = "Prints the tables and every event of a trace, oldest first, with times\n"
		   "relative to the start of the process. Exits with 3 when the trace cannot\n"
		   "be read, with 1 when the dump cannot be written.",
	.rows = rows,
	.operands_least = 1,
	.operands_most = 1,
};

static int dump(const struct reader *reader)
{
	struct output to;

	if (!output_open(&to, output, OUTPUT_STDOUT))
		return 1;
	to.error = dump_trace(reader, strcmp(format, "json") ? LINE_TEXT : LINE_JSON, to.file);
	return output_end(&to, "the dump") ? 0 : 1;
}

int cmd_dump(int argc, char **argv)
{
	struct reader reader;
	char why[FIND_WHY_BYTES];
	int first;
	int status = arguments_take(&table, argc, argv, &first);

	if (status != OPTIONS_PROCEED)
		return status;
	if (find_open(&reader, argv[first], READER_EVENTS, why)) {
		status = dump(&reader);
	} else {
		say("cannot read '%s': %s", argv[first], why);
		status = REPORT_UNREADABLE;
	}
	reader_close(&reader);
	return status;
}
