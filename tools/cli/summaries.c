/* SPDX-License-Identifier: Apache-2.0 */
/*
 * summaries.c - see summaries.h.
 */
#include "cli/summaries.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/report.h"
#include "cli/say.h"
#include "file/regular.h"
#include "memory/memory.h"
#include "render/render.h"

static void add(struct summaries *summaries, json_t *summary, const char *path)
{
	summaries->paths[json_array_size(summaries->list)] = path;
	json_array_append_new(summaries->list, summary);
}

/* What cannot be opened is said by whoever reads traces. */
static bool is_json(const char *path)
{
	struct stat about;
	char first = 0;
	int fd = regular_open(path, O_RDONLY, &about);

	if (fd < 0)
		return false;
	bool is = regular_read(fd, &first, 1, 0) == 1 && first == '{';
	close(fd);
	return is;
}

static bool read_json(struct summaries *summaries, const char *path)
{
	struct stat about;
	json_error_t error;
	int fd = regular_open(path, O_RDONLY, &about);
	json_t *summary = fd < 0 ? NULL : json_loadfd(fd, JSON_REJECT_DUPLICATES, &error);

	if (fd < 0)
		say("cannot read '%s': it is gone", path);
	else if (!summary)
		say("cannot read '%s': line %d, byte %d: %s", path, error.line, error.position,
		    error.text);
	if (fd >= 0)
		close(fd);
	if (summary)
		add(summaries, summary, path);
	return summary != NULL;
}

static void print(void *to, struct run *run)
{
	render_json(run, &(struct render_options){0}, to);
}

/* By way of the JSON that a report of them would have. */
static bool read_traces(struct summaries *summaries, const char *const *paths, size_t count)
{
	struct report_outcome outcome;
	char *text = NULL;
	size_t bytes = 0;
	FILE *to = open_memstream(&text, &bytes);

	if (!to)
		say_out_of_memory();
	int answer = report_paths(
		&(struct report_options){
			.paths = paths, .path_count = count, .print = print, .to = to},
		&outcome);
	fclose(to);
	json_t *summary = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, NULL);
	free(text);
	if (!summary)
		say_out_of_memory();
	add(summaries, summary, paths[0]);
	return answer == 0;
}

int summaries_read(struct summaries *summaries, const char *const *paths, size_t count)
{
	const char **traces = memory_zeroed(count + 1, sizeof *traces);
	size_t trace_count = 0;
	bool whole = true;

	summaries->list = json_array();
	summaries->paths = memory_zeroed(count + 1, sizeof *summaries->paths);
	for (size_t i = 0; i < count; i++)
		if (is_json(paths[i]))
			whole &= read_json(summaries, paths[i]);
		else
			traces[trace_count++] = paths[i];
	if (trace_count > 0)
		whole &= read_traces(summaries, traces, trace_count);
	free(traces);
	return whole ? 0 : REPORT_UNREADABLE;
}

void summaries_free(struct summaries *summaries)
{
	json_decref(summaries->list);
	free(summaries->paths);
}
