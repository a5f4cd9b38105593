/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_completion.c - bash, zsh and fish complete `unflushed` with the words
 * that its help lists.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER PATH_SOURCE "/tools/completion/"

/* Runs a script in a shell that finds the program; its output, to be freed. */
static char *shell(const char *program, const char *words)
{
	char *path = scratch_name(".sh"), command[1000];
	FILE *script = fopen(path, "we");

	assert_non_null(script);
	fputs(words, script);
	fclose(script);
	snprintf(command, sizeof(command), "/usr/bin/env PATH=%.*s:/usr/bin:/bin %s %s",
		 (int)(strlen(PATH_TOOL) - strlen("/unflushed")), PATH_TOOL, program, path);
	struct ended ended = program_run(command, NULL);
	char *out = strdup(ended.out);

	if (*ended.err)
		fail_msg("%s: %s", program, ended.err);
	ended_free(&ended);
	free(path);
	return out;
}

/* A word of it, not a part of one. */
static bool offers(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = text; (at = strstr(at, word)); at++)
		if ((at == text || strchr(" \n", at[-1])) && strchr(" \n\t:", at[length]))
			return true;
	return false;
}

struct line {
	const char *line; /* what stands there; its last word is to be completed */
	const char *offered, *not_offered;
};

static void assert_offers(const char *text, const struct line *line)
{
	if (!offers(text, line->offered) ||
	    (line->not_offered && offers(text, line->not_offered)))
		fail_msg("%s: %s", line->line, text);
}

static void bash_offers_what_the_help_says(void **state)
{
	static const struct line lines[] = {
		{"unflushed ''", "prune", NULL},
		{"unflushed re", "report", "check"},
		{"unflushed help d", "doctor", "report"},
		{"unflushed report --fo", "--format", "--output"},
		{"unflushed report -f p", "perfetto", "json"},
		{"unflushed report --by ''", "minute", NULL},
		{"unflushed run --by ''", "minute", NULL},
		{"unflushed run --", "--top", "--list-bad"},
		{"unflushed check --fail-on r", "racy", "lost"},
		{"unflushed run -- tru", "true", "report"},
	};
	char words[1000];

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		snprintf(words, sizeof(words),
			 "source " FOLDER "unflushed.bash\nCOMP_WORDS=(%s)\n"
			 "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_unflushed\n"
			 "printf '%%s\\n' \"${COMPREPLY[@]}\"\n",
			 lines[i].line);
		char *text = shell("bash", words);

		assert_offers(text, &lines[i]);
		free(text);
	}
}

static void fish_offers_what_the_help_says(void **state)
{
	static const struct line lines[] = {
		{"unflushed re", "report", "check"},
		{"unflushed help du", "dump", "report"},
		{"unflushed report --fo", "--format", "--output"},
	};
	char words[1000];

	(void)state;
	story_needs("fish");
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		snprintf(words, sizeof(words),
			 "set -x HOME %s\nsource " FOLDER "unflushed.fish\ncomplete -C '%s'\n",
			 scratch_directory(), lines[i].line);
		char *text = shell("fish", words);

		assert_offers(text, &lines[i]);
		free(text);
	}
}

/* Its own functions are stood in for: they are there inside its line editor alone. What they
 * are given they filter by what was typed. */
static void zsh_is_given_what_the_help_says(void **state)
{
	static const struct line lines[] = {
		{"unflushed re", "report", "--format"},
		{"unflushed help d", "dump", "--format"},
		{"unflushed report --fo", "--format", "report"},
		{"unflushed report x", "FILES", "--format"},
	};
	char words[1000];

	(void)state;
	story_needs("zsh");
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		snprintf(words, sizeof(words),
			 "compadd() { print -l -- ${@:2} }\n_describe() { print -l -- ${(P)2} "
			 "}\n"
			 "_files() { print FILES }\nwords=(%s)\nCURRENT=${#words}\n"
			 "complete_it() { source " FOLDER "_unflushed }\ncomplete_it\n",
			 lines[i].line);
		char *text = shell("zsh", words);

		assert_offers(text, &lines[i]);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bash_offers_what_the_help_says),
		cmocka_unit_test(fish_offers_what_the_help_says),
		cmocka_unit_test(zsh_is_given_what_the_help_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
