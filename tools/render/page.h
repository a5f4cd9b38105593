/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page.h - text on a page of 80 columns, with or without colour.
 */
#ifndef UNFLUSHED_RENDER_PAGE_H
#define UNFLUSHED_RENDER_PAGE_H

#include <stdbool.h>
#include <stdio.h>

#include "model/verdict.h"

#define PAGE_COLUMNS 80

struct page {
	FILE *out;
	bool colour;
};

/* `label` at the margin, then the words, wrapped, each line indented. A word
 * longer than the page stands alone and is not broken: it may be a path. */
void page_wrap(const struct page *page, const char *label, int indent, const char *words);
/* The same when `column` columns of the line are there already. */
void page_wrap_on(const struct page *page, int column, int indent, const char *words);
void page_heading(const struct page *page, const char *words);
/* The verdict as a word: LOST, AT RISK, ...; padded to `width`. */
void page_verdict(const struct page *page, enum verdict verdict, int width);
/* Columns that `words` takes. */
int page_width(const char *words);

#endif
