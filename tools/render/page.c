/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page.c - wraps, cuts, pads and colours. Colour never shows more than the words say.
 *
 * The width of a character comes from libc's wcwidth() in the locale C.UTF-8,
 * whatever the environment says, because the report is always UTF-8. On a
 * system without that locale every character counts as one column, so that
 * tables with wide ones are not aligned.
 */
#include "render/page.h"

#include <locale.h>
#include <string.h>
#include <wchar.h>

#include "read/printable.h"

#define BOLD "\033[1m"
#define PLAIN "\033[0m"

struct page page_make(const struct render_options *options, FILE *out)
{
	return (struct page){
		.out = out,
		.colour = options->colour,
		.plain = options->plain,
		.columns = options->columns > 0 ? options->columns : PAGE_COLUMNS,
		.source_root = options->source_root,
	};
}

/* One character: how many bytes and columns it takes. */
struct glyph {
	size_t bytes;
	int columns;
	char escape[PRINTABLE_ESCAPE_BYTES]; /* its escape; empty: printed unchanged */
};

static int columns_of(uint32_t point)
{
	static locale_t utf8;

	if (!utf8)
		utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (!utf8)
		return 1;
	locale_t before = uselocale(utf8);
	int columns = wcwidth((wchar_t)point);

	uselocale(before);
	return columns < 0 ? 1 : columns;
}

static struct glyph glyph_of(const struct page *page, const char *text, size_t bytes)
{
	struct glyph glyph = {.bytes = 1, .columns = 1};

	if (!((unsigned char)*text & 0x80))
		return glyph;
	struct printable character = printable_at(text, bytes);

	glyph.bytes = character.bytes;
	if (page->plain)
		glyph.columns = (int)printable_escape(glyph.escape, character);
	else if (character.valid)
		glyph.columns = columns_of(character.point);
	return glyph;
}

static int width_of(const struct page *page, const char *words, size_t bytes)
{
	int width = 0;

	while (bytes > 0) {
		struct glyph glyph = glyph_of(page, words, bytes);

		width += glyph.columns;
		words += glyph.bytes;
		bytes -= glyph.bytes;
	}
	return width;
}

int page_width(const struct page *page, const char *words)
{
	return width_of(page, words, strlen(words));
}

static void put(const struct page *page, const char *words, size_t bytes)
{
	for (size_t step; page->plain && bytes > 0; words += step, bytes -= step) {
		struct glyph glyph = glyph_of(page, words, bytes);

		step = glyph.bytes;
		if (glyph.escape[0])
			fputs(glyph.escape, page->out);
		else
			fputc(*words, page->out);
	}
	fwrite(words, 1, bytes, page->out);
}

/* How many bytes of the words fit into `columns` columns. */
static size_t bytes_within(const struct page *page, const char *words, int columns)
{
	size_t bytes = strlen(words), kept = 0;

	for (int width = 0; kept < bytes;) {
		struct glyph glyph = glyph_of(page, words + kept, bytes - kept);

		width += glyph.columns;
		if (width > columns)
			break;
		kept += glyph.bytes;
	}
	return kept;
}

const char *page_fit(const struct page *page, struct run *run, const char *words, int columns)
{
	if (page_width(page, words) <= columns)
		return words;
	return model_format(run, "%.*s...", (int)bytes_within(page, words, columns - 3), words);
}

const char *page_fit_ends(const struct page *page, struct run *run, const char *words,
			  int columns)
{
	int width = page_width(page, words), head = (columns - 3) / 2;

	if (width <= columns)
		return words;
	size_t kept = bytes_within(page, words, head);
	const char *tail = words + kept;

	while (*tail && page_width(page, tail) > columns - 3 - head)
		tail += glyph_of(page, tail, strlen(tail)).bytes;
	return model_format(run, "%.*s...%s", (int)kept, words, tail);
}

void page_cell(const struct page *page, struct run *run, const char *words, int columns,
	       bool right)
{
	const char *shown = page_fit(page, run, words, columns);
	int blanks = columns - page_width(page, shown);

	if (right)
		fprintf(page->out, "%*s", blanks > 0 ? blanks : 0, "");
	put(page, shown, strlen(shown));
	if (!right)
		fprintf(page->out, "%*s", blanks > 0 ? blanks : 0, "");
}

void page_wrap(const struct page *page, const char *label, int indent, const char *words)
{
	put(page, label, strlen(label));
	page_wrap_on(page, page_width(page, label), indent, words);
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
		int width = width_of(page, words, bytes);

		if (!first && column + 1 + width > page->columns) {
			fprintf(page->out, "\n%*s", indent, "");
			column = indent;
			first = true;
		}
		if (!first) {
			fputc(' ', page->out);
			column++;
		}
		put(page, words, bytes);
		column += width;
		first = false;
		words += bytes;
		words += strspn(words, " ");
	}
	fputc('\n', page->out);
}

void page_heading(const struct page *page, const char *words)
{
	fprintf(page->out, "\n%s", page->colour ? BOLD : "");
	put(page, words, strlen(words));
	fprintf(page->out, "%s\n", page->colour ? PLAIN : "");
}

static void word_put(const struct page *page, const char *word, const char *colour, int width)
{
	int length = (int)strlen(word);

	fprintf(page->out, "%s%s%s%*s", page->colour ? colour : "", word,
		page->colour ? PLAIN : "", width > length ? width - length : 0, "");
}

void page_known(const struct page *page, int width)
{
	word_put(page, "KNOWN", "\033[1;36m", width);
}

static const struct {
	const char *word, *colour;
} verdicts[] = {
	[VERDICT_CLEAN] = {"CLEAN", "\033[1;32m"},
	[VERDICT_FAILED] = {"FAILED", "\033[1;33m"},
	[VERDICT_BLIND] = {"BLIND", "\033[1;35m"},
	[VERDICT_UNPROVEN] = {"UNPROVEN", "\033[1;33m"},
	[VERDICT_RACY] = {"RACY", "\033[1;33m"},
	[VERDICT_AT_RISK] = {"AT RISK", "\033[1;33m"},
	[VERDICT_LOST] = {"LOST", "\033[1;31m"},
};

const char *page_verdict_word(enum verdict verdict)
{
	return verdicts[verdict].word;
}

void page_verdict(const struct page *page, enum verdict verdict, int width)
{
	word_put(page, verdicts[verdict].word, verdicts[verdict].colour, width);
}
