/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_series.c - a process over time: two tables, which report.js draws as charts.
 *
 * A chart shows only numbers of its table: the column of the time, and the
 * columns whose head has the class of a series. There are at most TRACE_MOMENTS
 * moments, however long the process ran. Each has the fullest send buffer since
 * the moment before, so no peak is lost.
 */
#include "html/html.h"

#include <inttypes.h>

#include "model/words.h"

/* Only digits and a point, because report.js parses it, too. */
static const char *seconds(struct run *run, int64_t ns)
{
	return ns == UNKNOWN ? "" : model_format(run, "%.6f", (double)ns / 1e9);
}

/* Thousandths as percent. */
static const char *percent(struct run *run, int64_t thousandths)
{
	return thousandths == UNKNOWN ? "?"
				      : model_format(run, "%.1f", (double)thousandths / 10);
}

/* The position of the line that marks the end; "": the process has not ended, or its end is
 * not known. */
static const char *end_of(struct run *run, const struct process *process)
{
	return process->how == ENDED_RUNNING || process->end_ns == UNKNOWN ||
			       process->end_ns < process->trace_start_ns
		       ? ""
		       : seconds(run, process->end_ns - process->trace_start_ns);
}

static void figure_begin(const struct html *html, const struct process *process,
			 const char *title, const char *explained)
{
	struct run *run = html->to.run;
	const char *end = end_of(run, process);

	markup_put(
		&html->to,
		"<figure class=\"chart\" data-end=\"%s\"><figcaption><b>%s</b> %s%s%s"
		"</figcaption>\n<div class=\"plot\"></div>\n<details%s><summary>The numbers: "
		"%s</summary><div class=\"wide\">\n<table><caption>%s</caption>\n",
		end, title, explained, *end ? " The line marks its end: " : "",
		*end ? model_format(run, "%s.", words_end(run, process)) : "",
		html->charts ? "" : " open",
		words_count(run, (int64_t)process->moment_count, "moment"), title);
}

static void figure_end(const struct html *html)
{
	markup_put(&html->to, "</tbody></table></div></details></figure>\n");
}

static int64_t outstanding(const struct moment *moment)
{
	/* The counters are read one after the other, so `settled` may be the greater one. */
	return moment->produced > moment->settled ? moment->produced - moment->settled : 0;
}

static void messages_row(const struct html *html, int64_t at_ns, const struct moment *moment)
{
	struct run *run = html->to.run;

	markup_put(&html->to, "<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n",
		   seconds(run, at_ns), words_number(run, moment->produced),
		   words_number(run, moment->delivered),
		   words_number(run, outstanding(moment)));
}

static void messages(const struct html *html, const struct process *process)
{
	static const struct moment nothing;

	figure_begin(html, process, "Messages over time",
		     "Produced, delivered and outstanding, in all producers.");
	markup_put(&html->to, "<thead><tr><th scope=\"col\">seconds</th><th scope=\"col\" "
			      "class=\"s1\">produced</th><th scope=\"col\" class=\"s2\">"
			      "delivered</th><th scope=\"col\" class=\"s3\">outstanding</th>"
			      "</tr></thead>\n<tbody>\n");
	messages_row(html, 0, &nothing);
	for (size_t i = 0; i < process->moment_count; i++)
		messages_row(html, process->moments[i].at_ns - process->trace_start_ns,
			     &process->moments[i]);
	figure_end(html);
}

/* The time that all connections together were stalled since the moment before, as thousandths
 * of that span. */
static int64_t stalled_share(const struct moment *before, const struct moment *moment)
{
	double took = (double)(moment->at_ns - before->at_ns);
	double stalled = (double)(moment->stalled_ns - before->stalled_ns);

	return took > 0 ? (int64_t)(stalled * 1000 / took) : UNKNOWN;
}

static void buffers_row(const struct html *html, const struct process *process,
			const struct moment *before, const struct moment *moment)
{
	struct run *run = html->to.run;

	markup_put(
		&html->to, "<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n",
		seconds(run, moment->at_ns - process->trace_start_ns),
		percent(run, moment->fill_max), percent(run, stalled_share(before, moment)),
		words_number(run, moment->accepted_bytes), words_number(run, moment->requests));
}

static void buffers(const struct html *html, const struct process *process)
{
	struct moment start = {.at_ns = process->trace_start_ns};
	const struct moment *before = &start;

	figure_begin(
		html, process, "Send buffers and stalls over time",
		"In percent, each since the moment before: the fullest send buffer, and "
		"for how much of the time connections were stalled, all of them together.");
	markup_put(&html->to, "<thead><tr><th scope=\"col\">seconds</th><th scope=\"col\" "
			      "class=\"s1 share\">fullest send buffer</th><th scope=\"col\" "
			      "class=\"s3 share\">stalled</th><th scope=\"col\">bytes written"
			      "</th><th scope=\"col\">Produce requests</th></tr></thead>\n"
			      "<tbody>\n<tr><td>0.000000</td><td></td><td></td><td>0</td>"
			      "<td>0</td></tr>\n");
	for (size_t i = 0; i < process->moment_count; i++) {
		buffers_row(html, process, before, &process->moments[i]);
		before = &process->moments[i];
	}
	figure_end(html);
}

void html_series(const struct html *html, const struct process *process)
{
	if (!process->moment_count) {
		markup_put(&html->to, "<p class=\"none\">Its trace has no moments: how it went "
				      "over time is not known.</p>\n");
		return;
	}
	messages(html, process);
	if (process->socket_count)
		buffers(html, process);
}
