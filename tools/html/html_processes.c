/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_processes.c - all processes as rows of a table, and the details of the
 * worst ones.
 */
#include "html/html.h"

#include "model/number.h"
#include "model/words.h"
#include "render/render_text.h"

/* The sum over all producers of the process. */
static struct tally tally_of(const struct process *process)
{
	struct tally tally = {0};

	for (size_t i = 0; i < process->producer_count; i++)
		tally_add(&tally, &process->producers[i].tally);
	return tally;
}

static void number(const struct html *row, int64_t value)
{
	markup_number(&row->to, value, words_number(row->to.run, value));
}

static void name_cell(const struct html *row, const struct process *process, bool detailed)
{
	struct run *run = row->to.run;

	markup_put(&row->to, "<tr><td data-v=\"%s\">",
		   model_format(run, "%d", (int)process->verdict));
	html_verdict(row, process->verdict, false);
	if (detailed)
		markup_put(&row->to, "</td><td><a href=\"#%s\">%s</a></td>",
			   html_anchor(row, process), process->program);
	else
		markup_put(&row->to, "</td><td>%s</td>", process->program);
}

static void row_put(const struct html *row, const struct process *process, bool detailed)
{
	struct run *run = row->to.run;
	const struct tally tally = tally_of(process);

	name_cell(row, process, detailed);
	markup_number(&row->to, process->pid, words_pid(run, process));
	number(row, process->losses.certain);
	number(row, process->losses.possible);
	number(row, tally.messages[PRODUCED]);
	number(row, tally.messages[DELIVERED]);
	number(row, tally.messages[OUTSTANDING]);
	markup_put(&row->to, "<td class=\"d\">%s</td>",
		   words_date(run, process->start_realtime_ns));
	markup_number(&row->to, process->duration_ns, words_time(run, process->duration_ns));
	markup_put(&row->to, "<td class=\"t\">%s</td></tr>\n", words_end(run, process));
}

static void table(const struct html *html)
{
	struct run *run = html->to.run;
	struct html row = *html;
	struct html_rows rows;
	size_t shown = 0;

	markup_put(&html->to,
		   "<div class=\"wide\"><table class=\"sortable\"><caption>All processes, the "
		   "worst first</caption>\n<thead><tr><th scope=\"col\">verdict</th>"
		   "<th scope=\"col\">program</th><th scope=\"col\" class=\"n\">pid</th>"
		   "<th scope=\"col\" class=\"n\">lost</th><th scope=\"col\" class=\"n\">"
		   "possible</th><th scope=\"col\" class=\"n\">produced</th><th scope=\"col\" "
		   "class=\"n\">delivered</th><th scope=\"col\" class=\"n\">outstanding</th>"
		   "<th scope=\"col\">began (UTC)</th><th scope=\"col\" class=\"n\">lasted</th>"
		   "<th scope=\"col\">end</th></tr></thead>\n<tbody>\n");
	html_rows_begin(&rows, html, HTML_ROWS_BYTES);
	row.to = rows.to;
	for (; shown < html->order_count; shown++) {
		row_put(&row, html->order[shown], shown < html->detailed);
		if (!html_rows_keep(&rows))
			break;
	}
	html_rows_end(&rows, html);
	markup_put(&html->to, "</tbody></table></div>\n");
	if (shown < html->order_count)
		markup_put(
			&html->to,
			"<p class=\"bound\">%s had no room here: see "
			"<code>unflushed report -f jsonl</code>.</p>\n",
			words_count(run, (int64_t)(html->order_count - shown), "more process"));
}

static void bound(const struct html *html)
{
	struct run *run = html->to.run;

	if (html->detailed < html->order_count)
		markup_put(&html->to,
			   "<p class=\"bound\">Below are the details of the worst %s of %s "
			   "(at most %s); <code>unflushed report -v</code> prints those of "
			   "all.</p>\n",
			   words_number(run, (int64_t)html->detailed),
			   words_count(run, (int64_t)html->order_count, "process"),
			   words_number(run, HTML_DETAILED));
}

void html_processes(struct html *html)
{
	if (!html->order_count)
		return;
	markup_put(&html->to,
		   "<section aria-labelledby=\"processes-title\">\n<h2 "
		   "id=\"processes-title\">%s</h2>\n",
		   html->order_count > 1 ? "Processes" : "The process");
	if (html->order_count > 1)
		table(html);
	bound(html);
	fwrite(html->details, 1, html->details_bytes, html->to.out);
	markup_put(&html->to, "</section>\n");
}
