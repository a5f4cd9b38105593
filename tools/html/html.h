/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html.h - the parts of the page, each in a file of its own: html_PART.c.
 */
#ifndef UNFLUSHED_HTML_H
#define UNFLUSHED_HTML_H

#include "html/assets.h"
#include "html/markup.h"
#include "render/page.h"
#include "render/render.h"

/*
 * The maximal size of a page, and of each part that grows with the run: the
 * signatures, the table of --by, the processes as rows, those with details, the
 * summary. Style, scripts and the head, whose texts are bounded (markup.h),
 * need less than what these leave.
 */
#define HTML_MOST_BYTES 5000000
#define HTML_SIGNATURES_BYTES 500000
#define HTML_BY_BYTES 200000
#define HTML_ROWS_BYTES 1000000
#define HTML_DETAILS_BYTES 1400000
#define HTML_SUMMARY_BYTES 1400000
/* At most this many processes have details. */
#define HTML_DETAILED 20
/* At most this many items of a kind are listed within a process. */
#define HTML_LISTED 12

struct html {
	struct markup to;
	struct page page; /* for texts that depend on the root of the sources */
	const struct html_charts *charts;
	/* The processes that count, the worst first; the first `detailed` have details. */
	const struct process **order;
	size_t order_count, detailed;
	char *details; /* of those */
	size_t details_bytes;
};

/* Writes the whole page; `charts` NULL: without charts. */
void html_put(struct run *run, const struct render_options *options,
	      const struct html_charts *charts, FILE *out);

/* Each function writes the part that it is named after. */
void html_answer(struct html *html);
void html_signatures(struct html *html);
void html_by(struct html *html);
void html_processes(struct html *html);
void html_summary(struct html *html);

/* The parts of a process's details. */
void html_process(const struct html *html, const struct process *process);
void html_series(const struct html *html, const struct process *process);
void html_connections(const struct html *html, const struct process *process);
void html_latency(const struct html *html, const struct process *process);
void html_producers(const struct html *html, const struct process *process);
void html_large(const struct html *html, const struct process *process);

/* A badge with the verdict, or KNOWN. */
void html_verdict(const struct html *html, enum verdict verdict, bool known);
/* The name of the part of the page with that process's details: p1, p2, ... */
const char *html_anchor(const struct html *html, const struct process *process);

/*
 * Writes rows one by one until `most` bytes are used: html_rows_begin() makes a
 * buffer, into which the caller writes a row with `to`; html_rows_keep() keeps
 * the row if it ends within `most` bytes, else drops it and returns false.
 */
struct html_rows {
	struct markup to;
	char *text;
	size_t bytes, kept, most;
};
void html_rows_begin(struct html_rows *rows, const struct html *html, size_t most);
bool html_rows_keep(struct html_rows *rows);
/* Writes the rows that were kept. */
void html_rows_end(struct html_rows *rows, const struct html *html);

#endif
