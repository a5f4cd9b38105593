/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_diff.c - `unflushed diff`: which faults are new, gone or have grown
 * between two runs.
 *
 * A side is a set of traces, or a summary that was made of them. For traces
 * this command makes the summary, and reads it like the other kind.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/report.h"
#include "compare/compare.h"
#include "file/regular.h"
#include "memory/memory.h"
#include "output/output.h"
#include "render/render.h"
#include "say/say.h"

#define DIFF_WORSE 1

static const char *format = "text", *file;
static bool exit_code;
static struct option_list not_mine;
static struct choose_given choose_given;
static struct choice choice;

static const struct option_row rows[] = {
	{"format", 'f', OPTION_CHOICE, "FORMAT", "how to print it (text)", .into = &format,
	 .choices = "text|json"},
	{"output", 0, OPTION_STRING, "FILE", "where to (stdout)", .into = &file},
	{"exit-code", 0, OPTION_FLAG, NULL,
	 "exit with 1 if a signature is new or has grown,\nor the verdict is worse",
	 .into = &exit_code},
	NOT_MINE_OPTION(not_mine),
	CHOOSE_OPTIONS(choose_given),
	{0},
};

static const struct option_table table = {
	.command = "diff",
	.operands = "BEFORE AFTER",
	.purpose =
		"Says which faults are new, grown, shrunk or gone, by signature. Each side is "
		"a\n"
		"trace, a directory of traces, a running process (its number), or a summary\n"
		"written by `report -f json`. Exits with 0, with 3 when a side could not be "
		"read\n"
		"whole or holds no trace.",
	.rows = rows,
	.operands_least = 2,
	.operands_most = 2,
};

/* Returns the file's bytes if it begins as a summary does; NULL: it is another file. */
static char *summary_bytes(const char *path, size_t *length)
{
	struct stat about;
	int fd = regular_open(path, O_RDONLY, &about);
	char first[64];
	char *bytes = NULL;

	if (fd < 0)
		return NULL;
	size_t there = regular_read(fd, first, sizeof first, 0), blank = 0;
	while (blank < there && strchr(" \t\r\n", first[blank]) && first[blank])
		blank++;
	if (blank < there && first[blank] == '{') {
		bytes = memory_take((size_t)about.st_size + 1);
		*length = regular_read(fd, bytes, (size_t)about.st_size, 0);
	}
	close(fd);
	return bytes;
}

static bool take_bytes(struct side *side, const char *path, const char *bytes, size_t length)
{
	char why[SIDE_WHY_BYTES];

	if (side_read(side, bytes, length, why, sizeof why))
		return true;
	say("cannot read '%s': %s", path, why);
	return false;
}

static void summarise(void *to, struct run *run)
{
	render_json(run, &(struct render_options){0}, to);
}

static bool take_traces(struct side *side, const char *path)
{
	char *bytes = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&bytes, &length);
	struct report_outcome outcome;

	if (!stream)
		say_out_of_memory();
	const struct report_options options = {
		.paths = &path,
		.path_count = 1,
		.not_mine = not_mine,
		.choice = choice,
		.print = summarise,
		.to = stream,
	};
	int answer = report_paths(&options, &outcome);

	if (fclose(stream) != 0)
		say_out_of_memory();
	/* If only half of a side were read, faults would be reported as gone that are not. */
	bool taken = answer == 0 && take_bytes(side, path, bytes, length);
	free(bytes);
	return taken;
}

/* A summary has sums over all processes, from which a process cannot be subtracted. */
static bool refuse_choice(const char *path)
{
	say("'%s' is a summary: processes are chosen of traces alone", path);
	return false;
}

static bool take(struct side *side, const char *path)
{
	size_t length = 0;
	char *bytes = summary_bytes(path, &length);
	bool taken = !bytes	  ? take_traces(side, path)
		     : choice.any ? refuse_choice(path)
				  : take_bytes(side, path, bytes, length);

	free(bytes);
	return taken;
}

static int print(const struct side *before, const struct side *after)
{
	struct comparison comparison;
	struct output output;

	if (!output_open(&output, file, OUTPUT_STDOUT))
		return 1;
	compare(&comparison, before, after);
	if (strcmp(format, "json") == 0)
		compare_json(&comparison, output.file);
	else
		compare_text(&comparison, output.file);
	int status = exit_code && compare_is_worse(&comparison) ? DIFF_WORSE : 0;
	compare_free(&comparison);
	return output_end(&output, "the comparison") ? status : 1;
}

int cmd_diff(int argc, char **argv)
{
	struct side before = {0}, after = {0};
	char why[CHOOSE_WHY_BYTES];
	int first;
	int status = arguments_take(&table, argc, argv, &first);

	if (status != OPTIONS_PROCEED)
		return status;
	if (!report_choice(&choice, &choose_given, why))
		return arguments_refuse(&table, "%s", why);
	/* Both sides are read even if the first one fails, so that the second's error is
	 * printed, too. */
	bool readable = take(&before, argv[first]);
	readable &= take(&after, argv[first + 1]);
	status = readable ? print(&before, &after) : REPORT_UNREADABLE;
	side_free(&before);
	side_free(&after);
	return status;
}
