/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_explain.c - `unflushed explain`: what a finding means, how it comes about, and the code
 * that is wrong and right.
 */
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/report.h"
#include "explain/explain.h"
#include "file/regular.h"
#include "memory/memory.h"
#include "output/output.h"
#include "render/render.h"
#include "say/say.h"

#define NEAREST_MOST 3

static const char *format = "text";
static const char *language;
static const char *output;

static const struct option_row rows[] = {
	{"language", 'l', OPTION_CHOICE, "LANGUAGE",
	 "only the code and the words of this language:\n"
	 "c, c++, python, java, node, go, rust; php and\n"
	 "dotnet have words alone (all of them)",
	 &language, .choices = EXPLAIN_LANGUAGES},
	{"format", 'f', OPTION_CHOICE, "FORMAT", "how to print it: text or json (text)",
	 &format, .choices = "text|json"},
	{"output", 'o', OPTION_STRING, "FILE", "write it there, not to stdout",
	 .into = &output},
	{0},
};

static const struct option_table table = {
	.command = "explain",
	.operands = "[FINDING|SIGNATURE [DIR|TRACE|SUMMARY...]]",
	.purpose =
		"Explains a finding (missing-flush, ...): what it means, how it comes about,\n"
		"what to change, and code that is wrong and right, as this version's tests\n"
		"judge it. Of traces, or summaries in JSON (-f json), it says where they have\n"
		"it, with what numbers, and explains it for the clients of those producers\n"
		"alone; so also of a signature (12 hex digits), which names one fault. "
		"Without\n"
		"operands it lists all findings. Exits with 2 when there is no\n"
		"such finding, or none in what was read, with 3 when that cannot be read,\n"
		"with 1 when the text cannot be written.",
	.rows = rows,
};

static int refuse(const char *word)
{
	const char *near[NEAREST_MOST] = {"", "", ""};
	size_t count = explanation_nearest(word, near, NEAREST_MOST);

	if (count == 0)
		return arguments_refuse(&table, "there is no finding '%s'", word);
	return arguments_refuse(&table, "there is no finding '%s'; near it: %s%s%s%s%s", word,
				near[0], count > 1 ? ", " : "", near[1], count > 2 ? ", " : "",
				near[2]);
}

/* What was read from the operands: traces, directories of traces, and summaries in JSON. */
struct summaries {
	json_t *list;	    /* an array: one for each file in JSON, and one for all traces */
	const char **paths; /* of each, for words; of the traces the first's */
};

static void add(struct summaries *summaries, json_t *summary, const char *path)
{
	summaries->paths[json_array_size(summaries->list)] = path;
	json_array_append_new(summaries->list, summary);
}

/* A file that cannot be opened is not JSON here: reading it as a trace reports the error. */
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

static void print_summary(void *to, struct run *run)
{
	render_json(run, &(struct render_options){0}, to);
}

/* Makes the JSON summary of a report of these traces and parses it. */
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
			.paths = paths, .path_count = count, .print = print_summary, .to = to},
		&outcome);
	fclose(to);
	json_t *summary = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, NULL);
	free(text);
	if (!summary)
		say_out_of_memory();
	add(summaries, summary, paths[0]);
	return answer == 0;
}

/* A regular file that begins with '{' is taken for a summary in JSON, whatever follows; all
 * other paths go to report_paths(). Returns 0, or REPORT_UNREADABLE if something could not be
 * read, which has been printed. The caller must free `summaries` in both cases. */
static int summaries_read(struct summaries *summaries, const char *const *paths, size_t count)
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

static void summaries_free(struct summaries *summaries)
{
	json_decref(summaries->list);
	free(summaries->paths);
}

static void print(const struct explanation *explanation, const struct occurrences *occurrences,
		  FILE *out)
{
	const struct audience audience = {language, occurrences};
	bool json = !strcmp(format, "json");

	if (!explanation)
		(json ? explain_json_list : explain_text_list)(out);
	else
		(json ? explain_json : explain_text)(explanation, &audience, out);
}

static int explain(const struct explanation *explanation, const struct occurrences *occurrences)
{
	struct output to;

	if (!output_open(&to, output, OUTPUT_STDOUT))
		return 1;
	print(explanation, occurrences, to.file);
	return output_end(&to, "the explanation") ? 0 : 1;
}

static bool is_signature(const char *word)
{
	return strlen(word) == SIGNATURE_DIGITS &&
	       strspn(word, "0123456789abcdef") == SIGNATURE_DIGITS;
}

/* Fills `occurrences` with the places where the finding `name` occurred. Returns 0, or an exit
 * status after the error was printed. */
static int find(struct occurrences *occurrences, const struct summaries *summaries,
		const char *name)
{
	json_t *summary;
	size_t i;

	json_array_foreach(summaries->list, i,
			   summary) if (!occurrences_find(occurrences, summary, name))
	{
		say("cannot read '%s': it is no summary of schema unflushed.summary/1",
		    summaries->paths[i]);
		return REPORT_UNREADABLE;
	}
	if (occurrences->count == 0) {
		say("there is no %s%s in what was read", is_signature(name) ? "signature " : "",
		    name);
		return OPTIONS_USAGE;
	}
	return 0;
}

/* The summary was written by a later version, which has findings that this one does not
 * have. */
static int refuse_later(const char *id)
{
	say("this version knows no finding '%s'", id);
	return REPORT_UNREADABLE;
}

/* Explains what was found in the paths under `name`, a finding or a signature. */
static int explain_found(const char *name, const char *const *paths, size_t count)
{
	struct summaries summaries;
	struct occurrences occurrences = {0};
	int status = summaries_read(&summaries, paths, count);

	if (status == 0)
		status = find(&occurrences, &summaries, name);
	if (status == 0) {
		const char *id = occurrences_worst(&occurrences);
		const struct explanation *explanation = explanation_find(id);

		status = explanation ? explain(explanation, &occurrences) : refuse_later(id);
	}
	occurrences_free(&occurrences);
	summaries_free(&summaries);
	return status;
}

int cmd_explain(int argc, char **argv)
{
	int first;
	int status = arguments_take(&table, argc, argv, &first);

	if (status != OPTIONS_PROCEED)
		return status;
	if (first == argc)
		return explain(NULL, NULL);
	const char *name = argv[first];
	const struct explanation *explanation = explanation_find(name);
	const char *const *paths = (const char *const *)argv + first + 1;
	size_t count = (size_t)(argc - first - 1);

	if (!explanation && !is_signature(name))
		return refuse(name);
	if (count > 0)
		return explain_found(name, paths, count);
	if (!explanation)
		return arguments_refuse(&table,
					"the signature %s says nothing without the traces or "
					"the summary that have it",
					name);
	return explain(explanation, NULL);
}
