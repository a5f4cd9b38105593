/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_dump.c - `unflushed dump`: every table and event of one trace, unchanged.
 *
 * No verdicts, and no sums except those of a topic's cells. Times count from
 * the start of the process.
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
static const char *since, *until, *topic;

static const struct option_row rows[] = {
	{"format", 'f', OPTION_CHOICE, "FORMAT", "text, or one JSON object per line (text)",
	 &format, .choices = "text|json"},
	{"output", 'o', OPTION_STRING, "FILE", "write it there, not to stdout",
	 .into = &output},
	{"since", 0, OPTION_STRING, "TIME",
	 "only events (and moments) at or after it: RFC 3339, a day\n"
	 "(2026-11-27, UTC), or so long ago (30m, 2h, 7d)",
	 .into = &since},
	{"until", 0, OPTION_STRING, "TIME", "or at or before it", .into = &until},
	{"topic", 0, OPTION_STRING, "GLOB",
	 "only topics of this name, and only producers (with their\n"
	 "events and connections) that produced to one",
	 .into = &topic},
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

/* False, with a sentence in `why`. */
static bool choose(struct selection_given *selection, char *why)
{
	const struct choose_given given = {.since = since, .until = until, .topic = topic};
	struct choice choice;

	if (!report_choice(&choice, &given, why))
		return false;
	*selection = (struct selection_given){
		.since_ns = choice.since_ns == UNKNOWN ? INT64_MIN : choice.since_ns,
		.until_ns = choice.until_ns == UNKNOWN ? INT64_MAX : choice.until_ns,
		.topic = topic,
	};
	return true;
}

static int dump(const struct reader *reader, const struct selection_given *selection)
{
	struct output to;

	if (!output_open(&to, output, OUTPUT_STDOUT))
		return 1;
	to.error = dump_selected(reader, selection,
				 strcmp(format, "json") ? LINE_TEXT : LINE_JSON, to.file);
	return output_end(&to, "the dump") ? 0 : 1;
}

int cmd_dump(int argc, char **argv)
{
	struct reader reader;
	struct selection_given selection;
	char why[FIND_WHY_BYTES];
	int first;
	int status = arguments_take(&table, argc, argv, &first);

	if (status != OPTIONS_PROCEED)
		return status;
	if (!choose(&selection, why))
		return arguments_refuse(&table, "%s", why);
	if (find_open(&reader, argv[first], READER_EVENTS, why)) {
		status = dump(&reader, &selection);
	} else {
		say("cannot read '%s': %s", argv[first], why);
		status = REPORT_UNREADABLE;
	}
	reader_close(&reader);
	return status;
}
