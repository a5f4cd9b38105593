/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html.c - the report as a page: one file, which loads nothing from the network
 * and runs only its own script.
 *
 * page.html is the page with holes, {{name}}; each row of `holes` fills one.
 * Without scripts the page still shows everything: texts, tables, bars.
 * report.js sorts the tables and, with uPlot, draws charts.
 */
#include "html/html.h"

#include <stdlib.h>
#include <string.h>

#include "memory/memory.h"
#include "render/render_text.h"

/* ---- the holes ---- */

static void policy(struct html *html)
{
	const struct html_charts *charts = html->charts;

	markup_put(&html->to, "default-src 'none'; base-uri 'none'; form-action 'none'; ");
	fprintf(html->to.out, "style-src %s%s%s; script-src %s%s%s", html_style.hash,
		charts ? " " : "", charts ? charts->style.hash : "", html_script.hash,
		charts ? " " : "", charts ? charts->script.hash : "");
}

static void title(struct html *html)
{
	struct run *run = html->to.run;

	markup_put(&html->to, "%s: %s - unflushed",
		   run->known ? "KNOWN" : page_verdict_word(run->verdict), text_line(run));
}

static void element(const struct html *html, const char *name, const struct html_asset *asset)
{
	fprintf(html->to.out, "<%s>", name);
	markup_asset(&html->to, asset);
	fprintf(html->to.out, "</%s>\n", name);
}

static void styles(struct html *html)
{
	if (html->charts)
		element(html, "style", &html->charts->style);
	element(html, "style", &html_style);
}

static void scripts(struct html *html)
{
	if (html->charts)
		element(html, "script", &html->charts->script);
	element(html, "script", &html_script);
}

/* The version that made the page, and the licences of its embedded parts. */
static void footer(struct html *html)
{
	const struct html_charts *charts = html->charts;

	markup_put(&html->to, "<p>unflushed %s.</p>", UNFLUSHED_VERSION);
	if (!charts) {
		markup_put(&html->to, "<p id=\"no-charts\">Built without uPlot: there are no "
				      "charts, the tables hold the same numbers.</p>");
		return;
	}
	markup_put(&html->to,
		   "<details><summary>Charts are drawn by uPlot %s, which is in this file: "
		   "its licence</summary><pre class=\"licence\">%s</pre></details>",
		   charts->version,
		   model_format(html->to.run, "%.*s", (int)charts->licence.size,
				(const char *)charts->licence.bytes));
}

static const struct hole {
	const char *name;
	void (*fill)(struct html *html);
} holes[] = {
	{"policy", policy},
	{"title", title},
	{"styles", styles},
	{"answer", html_answer},
	{"signatures", html_signatures},
	{"processes", html_processes},
	{"by", html_by},
	{"summary", html_summary},
	{"footer", footer},
	{"scripts", scripts},
};

/* The row for the name between "{{" and "}}" at `at`; or NULL. */
static const struct hole *hole_at(const char *at)
{
	for (size_t i = 0; i < sizeof holes / sizeof *holes; i++) {
		size_t length = strlen(holes[i].name);

		if (!strncmp(at, holes[i].name, length) && !strncmp(at + length, "}}", 2))
			return &holes[i];
	}
	return NULL;
}

static void page_put(struct html *html)
{
	char *page = memory_zeroed(html_page.size + 1, 1), *at = page;

	memcpy(page, html_page.bytes, html_page.size);
	for (char *open; (open = strstr(at, "{{"));) {
		const struct hole *hole = hole_at(open + 2);

		fwrite(at, 1, (size_t)(open - at), html->to.out);
		at = open + 2 + (hole ? strlen(hole->name) + 2 : 0);
		if (hole)
			hole->fill(html);
	}
	fputs(at, html->to.out);
	free(page);
}

/* ---- which processes, in which order ---- */

/* As in the other formats: the process used Kafka, or no process of its run did. */
static bool counts(const struct run *run, const struct process *process)
{
	return process->judged || run->without_kafka == run->process_count;
}

static int by_harm(const void *a, const void *b)
{
	const struct process *one = *(const struct process *const *)a;
	const struct process *other = *(const struct process *const *)b;

	if (one->verdict != other->verdict)
		return one->verdict > other->verdict ? -1 : 1;
	if (one->losses.certain != other->losses.certain)
		return one->losses.certain > other->losses.certain ? -1 : 1;
	if (one->losses.possible != other->losses.possible)
		return one->losses.possible > other->losses.possible ? -1 : 1;
	return one < other ? -1 : one > other;
}

static void order_make(struct html *html)
{
	struct run *run = html->to.run;

	html->order = model_alloc(run, run->process_count * sizeof *html->order + 1);
	for (size_t i = 0; i < run->process_count; i++)
		if (counts(run, &run->processes[i]))
			html->order[html->order_count++] = &run->processes[i];
	qsort(html->order, html->order_count, sizeof *html->order, by_harm);
}

/* Makes the processes' details before the other parts, which say how many there are. */
static void details_make(struct html *html)
{
	FILE *out = html->to.out;
	struct html_rows rows;

	html_rows_begin(&rows, html, HTML_DETAILS_BYTES);
	html->to.out = rows.to.out;
	while (html->detailed < html->order_count && html->detailed < HTML_DETAILED) {
		html_process(html, html->order[html->detailed]);
		if (!html_rows_keep(&rows))
			break;
		html->detailed++;
	}
	html->to.out = out;
	if (fclose(rows.to.out) != 0)
		memory_out();
	html->details = rows.text;
	html->details_bytes = rows.kept;
}

void html_put(struct run *run, const struct render_options *options,
	      const struct html_charts *charts, FILE *out)
{
	struct html html = {
		.to = {run, out},
		.page = page_make(options, out),
		.charts = charts,
	};

	order_make(&html);
	details_make(&html);
	page_put(&html);
	free(html.details);
}

void render_html(struct run *run, const struct render_options *options, FILE *out)
{
	html_put(run, options, html_charts_built, out);
}
