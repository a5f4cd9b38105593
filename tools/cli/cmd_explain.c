/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_explain.c - `unflushed explain`: what a finding means, how it comes about, and the code
 * that is wrong and right.
 */
#include <string.h>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/say.h"
#include "cli/summaries.h"
#include "explain/explain.h"

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

/* Fills `occurrences` with those of the finding `name`: 0, or an exit status; why has been
 * said. */
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

/* Of a summary of a later version, with findings that this one does not have. */
static int refuse_later(const char *id)
{
	say("this version knows no finding '%s'", id);
	return REPORT_UNREADABLE;
}

/* Of the finding, or the signature, `name`. */
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
