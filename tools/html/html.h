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
 * What all of a page may take, and each of its parts that grows with the run: the signatures,
 * the processes as rows, those with details, the summary. Style, scripts and the head, whose
 * texts have an end (markup.h), take less than what is left.
 */
#define HTML_MOST_BYTES 5000000
#define HTML_SIGNATURES_BYTES 500000
#define HTML_ROWS_BYTES 1100000
#define HTML_DETAILS_BYTES 1400000
#define HTML_SUMMARY_BYTES 1400000
/* So many processes have details at most. */
#define HTML_DETAILED 20
/* Of a kind, within a process. */
#define HTML_LISTED 12

struct html {
	struct markup to;
	struct page page; /* for words that depend on where the sources lie */
	const struct html_charts *charts;
	/* Processes that count, the worst first; the first `detailed` have details. */
	const struct process **order;
	size_t order_count, detailed;
	char *details; /* of these */
	size_t details_bytes;
};

/* The whole page; charts NULL: without any. */
void html_put(struct run *run, const struct render_options *options,
	      const struct html_charts *charts, FILE *out);

/* Each writes its part. */
void html_answer(struct html *html);
void html_signatures(struct html *html);
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
 * Rows that are written one by one until they have no room: begin() makes a page in memory,
 * whose rows `to` writes; each is kept by rows_keep() if it ends within `most` bytes, and
 * dropped with false if it does not.
 */
struct html_rows {
	struct markup to;
	char *text;
	size_t bytes, kept, most;
};
void html_rows_begin(struct html_rows *rows, const struct html *html, size_t most);
bool html_rows_keep(struct html_rows *rows);
/* Writes what was kept. */
void html_rows_end(struct html_rows *rows, const struct html *html);

#endif
