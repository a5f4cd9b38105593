/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page.c - wraps and colours. Colour repeats what the words say, never more.
 */
#include "render/page.h"

#include <string.h>

#define BOLD "\033[1m"
#define PLAIN "\033[0m"

static int width_of(const char *words, size_t bytes)
{
	int width = 0;

	for (size_t i = 0; i < bytes && words[i]; i++)
		width += ((unsigned char)words[i] & 0xc0) != 0x80;
	return width;
}

int page_width(const char *words)
{
	return width_of(words, strlen(words));
}

void page_wrap(const struct page *page, const char *label, int indent, const char *words)
{
	fputs(label, page->out);
	page_wrap_on(page, page_width(label), indent, words);
}

void page_wrap_on(const struct page *page, int column, int indent, const char *words)
{
	bool first = true;

	if (column < indent && *words) {
		fprintf(page->out, "%*s", indent - column, "");
		column = indent;
	}
	while (*words) {
		size_t bytes = strcspn(words, " ");
		int width = width_of(words, bytes);

		if (!first && column + 1 + width > PAGE_COLUMNS) {
			fprintf(page->out, "\n%*s", indent, "");
			column = indent;
			first = true;
		}
		if (!first) {
			fputc(' ', page->out);
			column++;
		}
		fwrite(words, 1, bytes, page->out);
		column += width;
		first = false;
		words += bytes;
		words += strspn(words, " ");
	}
	fputc('\n', page->out);
}

void page_heading(const struct page *page, const char *words)
{
	fprintf(page->out, "\n%s%s%s\n", page->colour ? BOLD : "", words,
		page->colour ? PLAIN : "");
}

void page_verdict(const struct page *page, enum verdict verdict, int width)
{
	static const struct {
		const char *word, *colour;
	} words[] = {
		[VERDICT_CLEAN] = {"CLEAN", "\033[1;32m"},
		[VERDICT_FAILED] = {"FAILED", "\033[1;33m"},
		[VERDICT_BLIND] = {"BLIND", "\033[1;35m"},
		[VERDICT_UNPROVEN] = {"UNPROVEN", "\033[1;33m"},
		[VERDICT_RACY] = {"RACY", "\033[1;33m"},
		[VERDICT_AT_RISK] = {"AT RISK", "\033[1;33m"},
		[VERDICT_LOST] = {"LOST", "\033[1;31m"},
	};

	fprintf(page->out, "%s%s%s%*s", page->colour ? words[verdict].colour : "",
		words[verdict].word, page->colour ? PLAIN : "",
		width > (int)strlen(words[verdict].word)
			? width - (int)strlen(words[verdict].word)
			: 0,
		"");
}
