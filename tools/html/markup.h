/* SPDX-License-Identifier: Apache-2.0 */
/*
 * markup.h - writes HTML. No other file puts texts from traces into HTML.
 */
#ifndef UNFLUSHED_HTML_MARKUP_H
#define UNFLUSHED_HTML_MARKUP_H

#include <stdio.h>

#include "html/assets.h"
#include "model/model.h"

struct markup {
	struct run *run;
	FILE *out;
};

/*
 * `form` is constant markup. %s in it, in an element or in a quoted attribute,
 * is a text that is not trusted: it is escaped so that the browser shows the
 * same text; characters that are invisible, or change the direction of text,
 * are escaped as in printable.h. A text of more than MARKUP_TEXT_BYTES is cut,
 * and ends with a note of that. NULL is "?". There is no other conversion.
 */
#define MARKUP_TEXT_BYTES 4000
void markup_put(const struct markup *to, const char *form, ...)
	__attribute__((format(printf, 2, 3)));

/* Writes a built-in file unchanged: a whole style or script. */
void markup_asset(const struct markup *to, const struct html_asset *asset);

/* A cell with a number: `words` are shown, rows are sorted by `number`; UNKNOWN comes last. */
void markup_number(const struct markup *to, int64_t number, const char *words);

/* A part of a bar, from `from` on; the whole bar is `most` long. Nothing is drawn if a number
 * is not known. */
void markup_bar_begin(const struct markup *to);
void markup_bar_part(const struct markup *to, const char *kind, int64_t from, int64_t length,
		     int64_t most);
void markup_bar_end(const struct markup *to);
/* A bar of one part. */
void markup_bar(const struct markup *to, int64_t length, int64_t most);

#endif
