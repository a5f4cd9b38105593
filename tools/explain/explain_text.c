/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain_text.c - an explanation for people, on a page of 80 columns.
 */
#include "explain/explain.h"

#include <stdlib.h>
#include <string.h>

#include "memory/memory.h"
#include "render/page.h"

#define INDENT 2
#define CODE_INDENT "    " /* and of each tab at the beginning of a line */

/* How a language is written, for a heading. */
static const struct {
	const char *language, *written;
} languages[] = {
	{"c", "C"},	  {"c++", "C++"},   {"python", "Python"},
	{"java", "Java"}, {"node", "Node"}, {"go", "Go"},
	{"rust", "Rust"}, {"php", "PHP"},   {"dotnet", ".NET"},
};

static const char *written(const char *language)
{
	for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
		if (!strcmp(languages[i].language, language))
			return languages[i].written;
	return language;
}

/* A finding that is clean makes nothing worse. */
static const char *standing(const struct explanation *explanation)
{
	return explanation->verdict == VERDICT_CLEAN ? "a remark"
						     : verdict_name(explanation->verdict);
}

static void say(const struct page *page, const char *words)
{
	page_wrap(page, "  ", INDENT, words);
}

static void print_lines(const char *lines, FILE *out)
{
	while (*lines) {
		size_t length = strcspn(lines, "\n");
		const char *end = lines + length;

		if (length)
			fputs(CODE_INDENT, out);
		for (; *lines == '\t'; lines++)
			fputs(CODE_INDENT, out);
		fprintf(out, "%.*s\n", (int)(end - lines), lines);
		lines = end + (*end == '\n');
	}
}

static void print_code(const char *label, const struct example *example, FILE *out)
{
	if (!example)
		return;
	char *shown = example_shown(example->text, example->bytes);

	fprintf(out, "\n  %s:\n\n", label);
	print_lines(shown, out);
	free(shown);
}

static void print_wording(const struct page *page, const struct wording *wording)
{
	fprintf(page->out, "\n%s, %s\n", written(wording->language), wording->client);
	if (wording->change) {
		say(page, wording->change);
		if (*wording->how)
			say(page, wording->how);
	}
	print_code("wrong", wording->wrong, page->out);
	print_code("right", wording->right, page->out);
}

/* Whether a client of this language has words of its own: then those for C say no more. */
static bool has_own_words(const struct explanation *explanation, const char *language)
{
	struct wording wording;

	for (size_t i = 0; language && i < wording_count(); i++)
		if (wording_of(explanation, i, language, &wording) && wording.change)
			return true;
	return false;
}

static void print_change(const struct page *page, const struct explanation *explanation)
{
	fputs("\nWhat to change\n", page->out);
	say(page, explanation->change);
	if (*explanation->how)
		say(page, explanation->how);
}

void explain_text(const struct explanation *explanation, const char *language, FILE *out)
{
	struct page page = {.out = out};
	struct wording wording;

	fprintf(out, "%s (%s)\n", explanation->id, standing(explanation));
	say(&page, explanation->meaning);
	fputs("\nHow it comes about\n", out);
	say(&page, explanation->comes_about);
	if (!has_own_words(explanation, language))
		print_change(&page, explanation);
	if (*explanation->commands) {
		fputs("\nWhat to type or to set\n", out);
		print_lines(explanation->commands, out);
	}
	for (size_t i = 0; i < wording_count(); i++)
		if (wording_of(explanation, i, language, &wording))
			print_wording(&page, &wording);
}

/* The first sentence is enough for a list. */
static char *first_sentence(const char *words)
{
	const char *end = strstr(words, ". ");

	char *copy = memory_text(words);

	if (end)
		copy[end - words + 1] = 0;
	return copy;
}

void explain_text_list(FILE *out)
{
	struct page page = {.out = out};

	for (size_t i = 0; i < explanation_count(); i++) {
		const struct explanation *explanation = explanation_at(i);
		char *meaning = first_sentence(explanation->meaning);

		fprintf(out, "%s%s (%s)\n", i ? "\n" : "", explanation->id,
			standing(explanation));
		say(&page, meaning);
		free(meaning);
	}
	fputs("\n`unflushed explain FINDING` says more of one.\n", out);
}
