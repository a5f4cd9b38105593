/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page.h - text on a page of a given width, with or without colour.
 *
 * A width is in columns of a terminal: a wide character (CJK, many emoji) takes two, a
 * combining one none.
 */
#ifndef UNFLUSHED_RENDER_PAGE_H
#define UNFLUSHED_RENDER_PAGE_H

#include <stdbool.h>
#include <stdio.h>

#include "model/model.h"
#include "render/render.h"

/* The width of a page if none is known: of a pipe or a file. */
#define PAGE_COLUMNS 80

struct page {
	FILE *out;
	bool colour;
	bool plain; /* no drawing; a character beyond ASCII is written as \u6f22 */
	int columns;
	const char *source_root; /* see struct render_options */
};

struct page page_make(const struct render_options *options, FILE *out);

/* `label` at the margin, then the words, wrapped, each line indented. A word that is
 * longer than a line gets a line of its own and is not broken: it may be a path. */
void page_wrap(const struct page *page, const char *label, int indent, const char *words);
/* The same when `column` columns of the line have been printed already. */
void page_wrap_on(const struct page *page, int column, int indent, const char *words);
void page_heading(const struct page *page, const char *words);
/* LOST, AT RISK, ... */
const char *page_verdict_word(enum verdict verdict);
/* That word, padded to `width`. */
void page_verdict(const struct page *page, enum verdict verdict, int width);
/* KNOWN, instead of a verdict that the caller's policy lets pass. */
void page_known(const struct page *page, int width);
/* Columns that `words` takes. */
int page_width(const struct page *page, const char *words);
/* The words, or their beginning and "...", in at most `columns` columns (at least 4). They live
 * as long as the run. */
const char *page_fit(const struct page *page, struct run *run, const char *words, int columns);
/* The same, but cut in the middle: a path keeps its file's name. */
const char *page_fit_ends(const struct page *page, struct run *run, const char *words,
			  int columns);
/* The words in a column of a table: cut by page_fit(), padded to exactly `columns` with blanks
 * behind the words, or before them (`right`). */
void page_cell(const struct page *page, struct run *run, const char *words, int columns,
	       bool right);

#endif
