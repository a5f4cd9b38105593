/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain_text.c - an explanation for people, as wide as the terminal.
 */
#include "explain/explain.h"

#include <stdlib.h>
#include <string.h>

#include "memory/memory.h"
#include "read/printable.h"
#include "render/page.h"
#include "render/terminal.h"

#define INDENT 2
#define OCCURRENCES_SHOWN 10
#define CODE_INDENT "    " /* also replaces each tab at the beginning of a line */

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

/* A finding with the verdict clean does not make the run's verdict worse. */
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

/* Whether one of the clients has a text: then the text for C is not printed. */
static bool has_own_words(const struct explanation *explanation,
			  const struct audience *audience)
{
	struct wording wording;

	if (!audience->language && !audience->occurrences)
		return false;
	for (size_t i = 0; i < wording_count(); i++)
		if (wording_for(explanation, i, audience, &wording) && wording.change)
			return true;
	return false;
}

static void print_occurrence(const struct page *page, const struct occurrence *one)
{
	const char *command =
		json_string_value(json_array_get(json_object_get(one->process, "argv"), 0));
	const json_t *pid = json_object_get(one->process, "pid");
	char *program = printable_text(command ? command : "a program");
	char *text = printable_text(one->text);

	fprintf(page->out, "  %s", program);
	if (json_is_integer(pid))
		fprintf(page->out, ", process %" JSON_INTEGER_FORMAT, json_integer_value(pid));
	fprintf(page->out, ": %s, %s\n", one->finding, one->verdict);
	page_wrap(page, "    ", 2 * INDENT, text);
	free(text);
	free(program);
}

static void print_occurrences(const struct page *page, const struct occurrences *occurrences)
{
	fputs("\nWhere it was found\n", page->out);
	for (size_t i = 0; i < occurrences->count && i < OCCURRENCES_SHOWN; i++)
		print_occurrence(page, &occurrences->list[i]);
	if (occurrences->count > OCCURRENCES_SHOWN)
		fprintf(page->out, "  and %zu times more\n",
			occurrences->count - OCCURRENCES_SHOWN);
}

static struct page page_of(FILE *out)
{
	const struct render_options look = {.columns = terminal_columns(out)};

	return page_make(&look, out);
}

static void print_change(const struct page *page, const struct explanation *explanation)
{
	fputs("\nWhat to change\n", page->out);
	say(page, explanation->change);
	if (*explanation->how)
		say(page, explanation->how);
}

void explain_text(const struct explanation *explanation, const struct audience *audience,
		  FILE *out)
{
	struct page page = page_of(out);
	struct wording wording;

	fprintf(out, "%s (%s)\n", explanation->id, standing(explanation));
	say(&page, explanation->meaning);
	if (audience->occurrences)
		print_occurrences(&page, audience->occurrences);
	fputs("\nHow it comes about\n", out);
	say(&page, explanation->comes_about);
	if (!has_own_words(explanation, audience))
		print_change(&page, explanation);
	if (*explanation->commands) {
		fputs("\nWhat to type or to set\n", out);
		print_lines(explanation->commands, out);
	}
	for (size_t i = 0; i < wording_count(); i++)
		if (wording_for(explanation, i, audience, &wording))
			print_wording(&page, &wording);
}

/* A list has only the first sentence. */
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
	struct page page = page_of(out);

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
