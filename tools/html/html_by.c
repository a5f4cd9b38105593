/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_by.c - the table of --by: all messages by one key.
 */
#include "html/html.h"

#include "model/words.h"

static void number(const struct html *row, int64_t value)
{
	markup_number(&row->to, value, words_number(row->to.run, value));
}

static void row_put(const struct html *row, const char *name, const struct row_numbers *numbers)
{
	struct run *run = row->to.run;

	markup_put(&row->to, "<tr><td class=\"t\">%s</td>", name);
	number(row, numbers->produced);
	number(row, numbers->certain);
	number(row, numbers->possible);
	number(row, numbers->processes);
	markup_put(&row->to, "<td class=\"d\">%s</td><td class=\"d\">%s</td></tr>\n",
		   words_date(run, numbers->first_ns), words_date(run, numbers->last_ns));
}

static void head(const struct html *html)
{
	const char *key = html->to.run->by->key;

	markup_put(&html->to,
		   "<section aria-labelledby=\"by-title\">\n<h2 id=\"by-title\">By %s</h2>\n"
		   "<div class=\"wide\"><table class=\"sortable\"><caption>All messages by %s"
		   "</caption>\n<thead><tr><th scope=\"col\">%s</th><th scope=\"col\" "
		   "class=\"n\">produced</th><th scope=\"col\" class=\"n\">lost</th><th "
		   "scope=\"col\" class=\"n\">possible</th><th scope=\"col\" class=\"n\">"
		   "processes</th><th scope=\"col\">first (UTC)</th><th scope=\"col\">last "
		   "(UTC)</th></tr></thead>\n<tbody>\n",
		   key, key, key);
}

void html_by(struct html *html)
{
	struct run *run = html->to.run;
	const struct by_table *table = run->by;
	struct html row = *html;
	struct html_rows rows;
	size_t shown = 0;

	if (!table)
		return;
	head(html);
	/* The row for messages whose key is not known comes first, so that it always fits. */
	html_rows_begin(&rows, html, HTML_BY_BYTES);
	row.to = rows.to;
	if (table->has_rest) {
		row_put(&row, model_format(run, "(of which %s is not known)", table->key),
			&table->rest);
		html_rows_keep(&rows);
	}
	for (; shown < table->count; shown++) {
		row_put(&row, table->rows[shown].name, &table->rows[shown].numbers);
		if (!html_rows_keep(&rows))
			break;
	}
	html_rows_end(&rows, html);
	markup_put(&html->to, "</tbody></table></div>\n");
	if (shown < table->count)
		markup_put(&html->to,
			   "<p class=\"bound\">%s had no room here: see <code>unflushed report "
			   "-f json</code>.</p>\n",
			   words_count(run, (int64_t)(table->count - shown), "more row"));
	markup_put(&html->to, "</section>\n");
}
