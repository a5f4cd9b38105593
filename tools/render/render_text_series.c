/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render_text_series.c - bytes sent and stalls over the process's life, in a line or two.
 *
 * Each of 48 columns is a part of its time: its character grows with the rate of bytes
 * (of the busiest column), or with the share of the time that some connection was stalled.
 */
#include "model/series.h"

#include "render/render_text.h"
#include "model/words.h"

#define COLUMNS 48
#define WORTH_DRAWING_NS 1000000000
#define WORTH_DRAWING_STALLED_NS 100000000

static const char levels[] = " .:-=+*#";
#define LEVELS (sizeof levels - 2)

static int64_t accepted(const struct moment *moment)
{
	return moment->accepted_bytes;
}

static int64_t stalled(const struct moment *moment)
{
	return moment->stalled_ns;
}

/* A value above 0 is never drawn as 0. */
static char level_of(double value, double most)
{
	if (value <= 0 || most <= 0)
		return levels[0];
	size_t level = 1 + (size_t)((double)(LEVELS - 1) * (value < most ? value / most : 1));

	return levels[level <= LEVELS ? level : LEVELS];
}

static double most_of(const double *columns)
{
	double most = 0;

	for (size_t i = 0; i < COLUMNS; i++)
		most = columns[i] > most ? columns[i] : most;
	return most;
}

static void draw(const struct page *page, struct run *run, const char *label,
		 const double *columns, double most, const char *words)
{
	char line[COLUMNS + 1] = "";

	if (page->plain) {
		page_wrap(page, label, 12, words);
		return;
	}
	for (size_t i = 0; i < COLUMNS; i++)
		line[i] = level_of(columns[i], most);
	fprintf(page->out, "%-12s|%s|\n", label, line);
	page_wrap(page, "", 12, model_format(run, "%s", words));
}

void text_series(const struct page *page, struct run *run, const struct process *process)
{
	const struct moment *last =
		process->moment_count ? &process->moments[process->moment_count - 1] : NULL;

	if (!last || last->at_ns - process->trace_start_ns < WORTH_DRAWING_NS ||
	    last->accepted_bytes == 0)
		return;
	double part_ns = (double)(last->at_ns - process->trace_start_ns) / COLUMNS;
	const double *bytes = series_columns(run, process, accepted, COLUMNS);
	double most = most_of(bytes);

	draw(page, run, "  sent", bytes, most,
	     model_format(run,
			  page->plain ? "of parts of %s the fullest %s/s"
				      : "each column %s; the fullest %s/s",
			  words_time(run, (int64_t)part_ns),
			  words_size(run, (int64_t)(most / part_ns * 1e9))));
	if (last->stalled_ns >= WORTH_DRAWING_STALLED_NS)
		draw(page, run, "  stalled", series_columns(run, process, stalled, COLUMNS),
		     part_ns,
		     model_format(run, "%s in all, over all connections",
				  words_time(run, last->stalled_ns)));
}
