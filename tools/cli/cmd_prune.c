/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_prune.c - `unflushed prune`: removes traces of processes that ended long ago.
 */
#include <stdlib.h>
#include <time.h>

#include "choose/moment.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/report.h"
#include "keep/prune.h"
#include "output/output.h"
#include "read/printable.h"
#include "say/say.h"

static const char *keep;
static bool only_clean, dry_run;

static const struct option_row rows[] = {
	{"keep", 0, OPTION_STRING, "AGE",
	 "those of processes that ended within it stay: 12h, 7d;\n"
	 "or since a day or a time (2026-11-27, RFC 3339)",
	 .into = &keep},
	{"only-clean", 0, OPTION_FLAG, NULL,
	 "only those that report calls CLEAN, or without Kafka", .into = &only_clean},
	{"dry-run", 0, OPTION_FLAG, NULL, "remove nothing: print the paths of what would be",
	 .into = &dry_run},
	{0},
};

static const struct option_table table = {
	.command = "prune",
	.operands = "[DIR|TRACE...]",
	.purpose =
		"Removes the traces (of $UNFLUSHED_DIR, without operands) of processes that "
		"ended\n"
		"before --keep, by what the traces tell. Of running processes, of other users, "
		"and\n"
		"what is no trace is never removed, nor are packed files. Exits with 3 when "
		"something\n"
		"could not be read or removed, or no trace is there.",
	.rows = rows,
};

static void print(void *to, const char *path)
{
	char *shown = printable_text(path);

	fprintf(((struct output *)to)->file, "%s\n", shown);
	free(shown);
}

static void stays(size_t count, const char *why)
{
	if (count > 0)
		say("%zu trace%s: %s", count, count == 1 ? " stays" : "s stay", why);
}

static void tell(const struct prune *prune)
{
	say("%zu trace%s %sremoved, %.1f MiB on disk", prune->removed,
	    prune->removed == 1 ? "" : "s", prune->only_tell ? "would be " : "",
	    (double)prune->freed_bytes / (1 << 20));
	stays(prune->running, "the process runs, or may");
	stays(prune->young, "it ended within --keep");
	stays(prune->unclean, "not clean");
	stays(prune->others, "another user's, or a link");
}

static bool before(int64_t *at_ns)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return moment_read(keep, now.tv_sec * INT64_C(1000000000) + now.tv_nsec, at_ns);
}

static int run(struct prune *prune, const char *const *operands, size_t count)
{
	struct output output;

	output_open(&output, NULL, OUTPUT_STDOUT);
	if (dry_run) {
		prune->told = print;
		prune->to = &output;
	}
	prune_traces(prune, operands, count);
	if (prune->empty)
		say("no trace (*%s) is there", TRACE_SUFFIX);
	else
		tell(prune);
	if (!output_end(&output, "the paths"))
		return 1;
	return prune->unreadable || prune->empty ? REPORT_UNREADABLE : 0;
}

int cmd_prune(int argc, char **argv)
{
	struct prune prune = {0};
	int first;
	int status = arguments_take(&table, argc, argv, &first);
	const char *usual = getenv("UNFLUSHED_DIR");

	if (status != OPTIONS_PROCEED)
		return status;
	if (!keep)
		return arguments_refuse(&table, "which are to stay? --keep AGE");
	if (!before(&prune.before_ns))
		return arguments_refuse(&table,
					"'%s' is no age or time: 12h, 7d, 2026-11-27, "
					"2026-11-27T20:13:17Z",
					keep);
	prune.only_clean = only_clean;
	prune.only_tell = dry_run;
	if (first < argc)
		return run(&prune, (const char *const *)argv + first, (size_t)(argc - first));
	if (!usual || !*usual)
		return arguments_refuse(&table, "DIR or TRACE is missing");
	return run(&prune, &usual, 1);
}
