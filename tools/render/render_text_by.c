/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render_text_by.c - a table of all messages by one key (--by).
 *
 * Its rows, a row for those that are not listed, and a row for messages whose row is not known:
 * all numbers together are the run's.
 */
#include "model/number.h"
#include "model/words.h"
#include "render/render_text.h"

#define NAME_INDENT 3
#define TIME_WIDTH 11
#define ROWS_LISTED 20
/* With a blank before each: three numbers of 11, and one of 2 more (9,999,999,999), are 50
 * columns, the two times 24 more. */
#define MORE 2
#define WITH_TIMES 74
#define WITH_ROOM 50

struct by_page {
	const struct page *page;
	struct run *run;
	int width; /* of a number's column */
	bool times;
};

static void cell(const struct by_page *by, const char *words, int more)
{
	fputc(' ', by->page->out);
	page_cell(by->page, by->run, words, by->width + more, true);
}

static void head(const struct by_page *by)
{
	page_heading(by->page, model_format(by->run, "by %s", by->run->by->key));
	cell(by, "produced", MORE);
	cell(by, "lost", 0);
	cell(by, "possible", 0);
	cell(by, "processes", 0);
	if (by->times)
		fprintf(by->page->out, " %-*s %s", TIME_WIDTH, "first (UTC)", "last");
	fputc('\n', by->page->out);
}

static void row(const struct by_page *by, const char *name, const struct row_numbers *numbers)
{
	struct run *run = by->run;

	cell(by, words_number(run, numbers->produced), MORE);
	cell(by, words_number(run, numbers->certain), 0);
	cell(by, words_number(run, numbers->possible), 0);
	cell(by, words_number(run, numbers->processes), 0);
	if (by->times)
		fprintf(by->page->out, " %-*s %s", TIME_WIDTH,
			text_minute(run, numbers->first_ns),
			text_minute(run, numbers->last_ns));
	fputc('\n', by->page->out);
	page_wrap(by->page, "", NAME_INDENT,
		  page_fit_ends(by->page, run, name, by->page->columns - NAME_INDENT));
}

/* A process may be in several of these rows, so their processes cannot be added up. */
static void row_of_others(const struct by_page *by, size_t listed)
{
	const struct by_table *table = by->run->by;
	struct row_numbers sum = {
		.processes = UNKNOWN, .first_ns = UNKNOWN, .last_ns = UNKNOWN};

	for (size_t i = listed; i < table->count; i++) {
		const struct row_numbers *numbers = &table->rows[i].numbers;

		sum.produced = number_sum(sum.produced, numbers->produced);
		sum.certain = number_sum(sum.certain, numbers->certain);
		sum.possible = number_sum(sum.possible, numbers->possible);
	}
	row(by,
	    model_format(by->run, "... %s: see --top",
			 words_count(by->run, (int64_t)(table->count - listed), "more row")),
	    &sum);
}

void text_by(const struct page *page, struct run *run)
{
	const struct by_table *table = run->by;
	const struct by_page by = {
		.page = page,
		.run = run,
		.width = page->columns >= WITH_ROOM ? 11 : 7,
		.times = page->columns >= WITH_TIMES,
	};
	size_t most = run->listed ? run->listed : ROWS_LISTED;
	size_t listed = table->count < most ? table->count : most;

	head(&by);
	for (size_t i = 0; i < listed; i++)
		row(&by, table->rows[i].name, &table->rows[i].numbers);
	if (listed < table->count)
		row_of_others(&by, listed);
	if (table->has_rest)
		row(&by, model_format(run, "(of which %s is not known)", table->key),
		    &table->rest);
}
