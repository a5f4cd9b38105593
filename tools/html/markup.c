/* SPDX-License-Identifier: Apache-2.0 */
/*
 * markup.c - see markup.h.
 */
#include "html/markup.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#define BAR 1000    /* the width of a bar in its own units */
#define BAR_LEAST 4 /* the least width of a part that is not 0 */

static const char *escape_of(char character)
{
	switch (character) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

/* Returns the beginning of a text that is longer than any sentence or path, and its length. */
static const char *cut(const struct markup *to, const char *words, size_t bytes)
{
	size_t length = MARKUP_TEXT_BYTES;

	while ((words[length] & 0xc0) == 0x80) /* not within a character */
		length--;
	return model_format(to->run, "%.*s... (%zu bytes)", (int)length, words, bytes);
}

static void text_put(const struct markup *to, const char *words)
{
	if (!words)
		words = "?";
	/* The model's texts are printable, but a policy's reasons are not from the model. */
	words = model_text(to->run, words, strlen(words));
	if (strlen(words) > MARKUP_TEXT_BYTES)
		words = cut(to, words, strlen(words));
	for (; *words; words++) {
		const char *escape = escape_of(*words);

		if (escape)
			fputs(escape, to->out);
		else
			fputc(*words, to->out);
	}
}

void markup_put(const struct markup *to, const char *form, ...)
{
	va_list words;

	va_start(words, form);
	for (const char *hole; (hole = strstr(form, "%s")); form = hole + 2) {
		fwrite(form, 1, (size_t)(hole - form), to->out);
		text_put(to, va_arg(words, const char *));
	}
	va_end(words);
	fputs(form, to->out);
}

void markup_asset(const struct markup *to, const struct html_asset *asset)
{
	fwrite(asset->bytes, 1, asset->size, to->out);
}

static const char *digits(const struct markup *to, int64_t number)
{
	return model_format(to->run, "%" PRId64, number);
}

void markup_number(const struct markup *to, int64_t number, const char *words)
{
	if (number == UNKNOWN)
		markup_put(to, "<td class=\"n\">?</td>");
	else
		markup_put(to, "<td class=\"n\" data-v=\"%s\">%s</td>", digits(to, number),
			   words);
}

void markup_bar_begin(const struct markup *to)
{
	markup_put(to,
		   "<svg class=\"bar\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" "
		   "aria-hidden=\"true\" focusable=\"false\">");
}

static int64_t units(int64_t length, int64_t most)
{
	if (length >= most)
		return BAR;
	return (int64_t)((double)length / (double)most * BAR);
}

void markup_bar_part(const struct markup *to, const char *kind, int64_t from, int64_t length,
		     int64_t most)
{
	if (length == UNKNOWN || length <= 0 || most <= 0)
		return;
	int64_t begin = from > 0 ? units(from, most) : 0, wide = units(length, most);

	markup_put(to, "<rect class=\"%s\" x=\"%s\" width=\"%s\" height=\"10\"/>", kind,
		   digits(to, begin), digits(to, wide < BAR_LEAST ? BAR_LEAST : wide));
}

void markup_bar_end(const struct markup *to)
{
	markup_put(to, "</svg>");
}

void markup_bar(const struct markup *to, int64_t length, int64_t most)
{
	markup_bar_begin(to);
	markup_bar_part(to, "b1", 0, length, most);
	markup_bar_end(to);
}
