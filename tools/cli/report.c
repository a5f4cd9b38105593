/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.c - paths to traces to a judged run to a renderer.
 *
 * Shared by `report`, `check` and `run`, and on their behalf it says on
 * stderr which paths could not be read: all three say it in the same words.
 */
#include "cli/report.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build/build.h"
#include "build/symbols.h"
#include "cli/say.h"
#include "judge/findings.h"
#include "judge/judge.h"
#include "model/configuration.h"
#include "model/model.h"
#include "render/render.h"

struct gathering {
	struct run run;
	bool unreadable; /* some path could not be read; said on stderr */
	bool empty;	 /* some directory held no trace; said, too */
};

static void read_trace(struct gathering *gathering, const char *path)
{
	struct reader reader;

	if (reader_open(&reader, path, READER_COUNTERS)) {
		build_trace(&gathering->run, path, &reader);
	} else {
		say("cannot read '%s': %s", path, reader.faults[0].what);
		gathering->unreadable = true;
	}
	reader_close(&reader);
}

static int is_trace(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name), suffix = strlen(TRACE_SUFFIX);

	return length > suffix && !strcmp(entry->d_name + length - suffix, TRACE_SUFFIX);
}

static void read_directory(struct gathering *gathering, const char *path, bool empty_is_fine)
{
	struct dirent **entries;
	int count = scandir(path, &entries, is_trace, alphasort);

	if (count < 0) {
		say("cannot read '%s': %s", path, strerror(errno));
		gathering->unreadable = true;
		return;
	}
	if (count == 0 && !empty_is_fine) {
		say("no trace (*%s) is in '%s'", TRACE_SUFFIX, path);
		gathering->empty = true;
	}
	for (int i = 0; i < count; i++) {
		read_trace(gathering,
			   model_format(&gathering->run, "%s/%s", path, entries[i]->d_name));
		free(entries[i]);
	}
	free(entries);
}

static void read_path(struct gathering *gathering, const char *path, bool empty_is_fine)
{
	struct stat about;

	if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
		read_directory(gathering, path, empty_is_fine);
	else
		read_trace(gathering, path);
}

/* A host that could not be looked into counts, whatever its children did. */
static void add_host(struct run *run, const struct host *host)
{
	bool traced = false;

	for (size_t i = 0; i < run->process_count; i++)
		traced |= run->processes[i].pid == host->pid;
	if (traced)
		build_observed(run, host);
	else if (!host->shim_loaded || run->process_count == 0 || host->silent_reason)
		build_host(run, host);
	/* The host left a trace, but a process that it started could not. */
	if (traced && host->silent_reason)
		build_silent(run, host);
	for (size_t i = 0; i < host->unloaded_count; i++)
		build_unloaded(run, &host->unloaded[i]);
}

static bool in_colour(const struct report_options *options, FILE *out)
{
	const char *no_colour = getenv("NO_COLOR");

	if (options->colour != COLOUR_AUTO)
		return options->colour == COLOUR_ALWAYS;
	return !(no_colour && *no_colour) && isatty(fileno(out));
}

int report_exit_code(const struct report_outcome *outcome, enum verdict mildest)
{
	return outcome->verdict >= mildest || outcome->nothing_arrived
		       ? verdict_exit_code(outcome->verdict)
		       : 0;
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

int report_paths(const struct report_options *options, FILE *out,
		 struct report_outcome *outcome)
{
	struct gathering gathering = {0};
	struct run *run = &gathering.run;

	for (size_t i = 0; i < options->path_count; i++)
		read_path(&gathering, options->paths[i], options->host != NULL);
	if (options->host)
		add_host(run, options->host);
	judge_run(run);
	findings_raise(run);
	/* What could not be read may be the trace that lost everything. */
	if (gathering.unreadable || gathering.empty)
		run->verdict = verdict_worse(run->verdict, VERDICT_BLIND);
	*outcome = outcome_of(run);
	if (out && run->process_count)
		render_by_name(options->format ? options->format
					       : "text")(run, in_colour(options, out), out);
	symbols_close();
	configuration_close();
	model_free(run);
	return gathering.unreadable ? REPORT_UNREADABLE : gathering.empty ? REPORT_NO_TRACE : 0;
}
