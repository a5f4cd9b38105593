/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_explain.c - `unflushed explain`: what a finding means, how it comes about, and the code
 * that is wrong and right.
 */
#include <string.h>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/say.h"
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
	.operands = "[FINDING]",
	.purpose =
		"Explains a finding (missing-flush, ...): what it means, how it comes about,\n"
		"what to change, and code that is wrong and right, as this version's tests\n"
		"judge it. Without FINDING it lists all findings. Exits with 2 when there is\n"
		"no such finding, with 1 when the text cannot be written.",
	.rows = rows,
	.operands_most = 1,
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

static void print(const struct explanation *explanation, FILE *out)
{
	bool json = !strcmp(format, "json");

	if (!explanation)
		(json ? explain_json_list : explain_text_list)(out);
	else
		(json ? explain_json : explain_text)(explanation, language, out);
}

int cmd_explain(int argc, char **argv)
{
	const struct explanation *explanation = NULL;
	struct output to;
	int first;
	int status = arguments_take(&table, argc, argv, &first);

	if (status != OPTIONS_PROCEED)
		return status;
	if (first < argc) {
		explanation = explanation_find(argv[first]);
		if (!explanation)
			return refuse(argv[first]);
	}
	if (!output_open(&to, output, OUTPUT_STDOUT))
		return 1;
	print(explanation, to.file);
	return output_end(&to, "the explanation") ? 0 : 1;
}
