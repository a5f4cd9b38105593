/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_top.c - `unflushed top`: shows the running producers, refreshed at an interval.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/report.h"
#include "memory/memory.h"
#include "output/output.h"
#include "say/say.h"
#include "top/top.h"

static const char *format = "text";
static const char *interval = "1";
static const char *sort = "outstanding";
static long screens;
static bool plain;

static const struct option_row rows[] = {
	{"interval", 'i', OPTION_STRING, "SECONDS", "look so often: 0.1 to 3600 (1)",
	 .into = &interval},
	{"count", 'n', OPTION_NUMBER, "N", "end after so many screens", .into = &screens,
	 .least = 1, .most = 1000000000},
	{"sort", 's', OPTION_CHOICE, "KEY",
	 "which row comes first: that with most of it, of\nprogram and pid the least "
	 "(outstanding)",
	 .into = &sort, .choices = TOP_SORTS},
	{"plain", 0, OPTION_FLAG, NULL, "lines with a time, on a terminal as well",
	 .into = &plain},
	{"format", 'f', OPTION_CHOICE, "FORMAT",
	 "text, or json: an object for each screen, on a\nline (text)", .into = &format,
	 .choices = "text|json"},
	{0},
};

static const struct option_table table = {
	.command = "top",
	.operands = "[DIR|PID|TRACE...]",
	.purpose =
		"Shows the producers that run (of $UNFLUSHED_DIR, without operands), from "
		"their\n"
		"traces: what they produce and what is delivered in a second, what is\n"
		"outstanding and how old it is at least, how full send buffers were, who "
		"stalls\n"
		"and whose fault that is; and the verdict of those that end meanwhile. It "
		"only\n"
		"reads. On a terminal it fills the screen: arrows and pages scroll, q ends.\n"
		"Elsewhere it prints lines. Where nothing runs it says so, and waits. It ends\n"
		"with 0 after --count screens or when PIDs and TRACEs have all ended, with 3\n"
		"when an operand cannot be read.",
	.rows = rows,
};

static void out_of_memory(void)
{
	top_restore();
	say_out_of_memory();
}

/* Whether keys can be read, and the terminal can move the cursor. */
static bool is_terminal(void)
{
	const char *term = getenv("TERM");

	return term && *term && strcmp(term, "dumb") && isatty(STDIN_FILENO) &&
	       isatty(STDOUT_FILENO);
}

static enum top_form form_wanted(void)
{
	if (!strcmp(format, "json"))
		return TOP_JSON;
	return plain || !is_terminal() ? TOP_TEXT : TOP_VIEW;
}

static enum top_answer run(struct top_options *options, struct top_trouble *trouble)
{
	enum top_answer answer = top_run(options, trouble);

	if (answer != TOP_NO_VIEW)
		return answer;
	say("the terminal '%s' is not known here: lines instead", getenv("TERM"));
	options->form = TOP_TEXT;
	return top_run(options, trouble);
}

static int show(struct top_options *options)
{
	struct top_trouble trouble = {0};
	struct output output;

	memory_when_out(out_of_memory);
	output_open(&output, NULL, OUTPUT_STDOUT);
	options->out = output.file;
	options->in = stdin;
	enum top_answer answer = run(options, &trouble);

	if (answer == TOP_NOT_WRITTEN)
		output.error = errno;
	if (answer == TOP_UNREADABLE)
		say("cannot read '%s': %s", trouble.operand, trouble.why);
	if (!output_end(&output, "the screen"))
		return 1;
	if (answer == TOP_KILLED) {
		/* Ends by the signal, as the process would have without a handler for it. */
		signal(trouble.signal, SIG_DFL);
		raise(trouble.signal);
	}
	return answer == TOP_UNREADABLE ? REPORT_UNREADABLE : 0;
}

int cmd_top(int argc, char **argv)
{
	struct top_options options = {0};
	int first;
	int status = arguments_take(&table, argc, argv, &first);
	const char *usual = getenv("UNFLUSHED_DIR");

	if (status != OPTIONS_PROCEED)
		return status;
	if (!top_interval(interval, &options.interval_ns))
		return arguments_refuse(
			&table, "--interval must be 0.1 to 3600 seconds, not '%s'", interval);
	options.operands = (const char *const *)argv + first;
	options.operand_count = (size_t)(argc - first);
	if (first == argc && (!usual || !*usual))
		return arguments_refuse(&table, "DIR, PID or TRACE is missing, and "
						"UNFLUSHED_DIR is not set");
	if (first == argc) {
		options.operands = &usual;
		options.operand_count = 1;
	}
	options.sort = sort;
	options.screens = screens;
	options.form = form_wanted();
	return show(&options);
}
