/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_signatures.c - the table of faults: a row for each signature.
 */
#include "html/html.h"

#include "model/words.h"
#include "render/render_text.h"

static void head(const struct html *html)
{
	static const struct {
		const char *name;
		bool number;
	} columns[] = {
		{"verdict", false},   {"lost", true},	      {"possible", true},
		{"processes", true},  {"first (UTC)", false}, {"last (UTC)", false},
		{"finding", false},   {"where", false},	      {"change", false},
		{"signature", false},
	};

	markup_put(&html->to,
		   "<div class=\"wide\"><table class=\"sortable\"><caption>A fault a row; no "
		   "loss counts in two</caption>\n<thead><tr>");
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		markup_put(&html->to,
			   columns[i].number ? "<th scope=\"col\" class=\"n\">%s</th>"
					     : "<th scope=\"col\">%s</th>",
			   columns[i].name);
	markup_put(&html->to, "</tr></thead>\n<tbody>\n");
}

/* Verdicts sort by how bad they are, not by their letters. */
static void verdict_cell(const struct html *row, const struct group *group)
{
	markup_put(&row->to, "<tr><td data-v=\"%s\">",
		   model_format(row->to.run, "%d", (int)group->verdict));
	html_verdict(row, group->verdict, group->finding->known);
	markup_put(&row->to, "</td>");
}

static void row_put(const struct html *row, const struct group *group)
{
	struct run *run = row->to.run;

	verdict_cell(row, group);
	markup_number(&row->to, group->losses.certain,
		      words_number(run, group->losses.certain));
	markup_number(&row->to, group->losses.possible,
		      words_number(run, group->losses.possible));
	markup_number(&row->to, (int64_t)group->process_count,
		      words_number(run, (int64_t)group->process_count));
	markup_put(
		&row->to,
		"<td class=\"d\">%s</td><td class=\"d\">%s</td><td>%s</td>"
		"<td class=\"t\">%s</td><td class=\"t\">%s</td><td><code>%s</code></td></tr>\n",
		words_date(run, group->first_ns), words_date(run, group->last_ns),
		group->finding->id, text_place(&row->page, run, group->finding, group->process),
		group->finding->change, group->signature->digits);
}

void html_signatures(struct html *html)
{
	struct run *run = html->to.run;
	struct html row = *html;
	struct html_rows rows;
	size_t shown = 0;

	markup_put(&html->to, "<section aria-labelledby=\"faults-title\">\n<h2 "
			      "id=\"faults-title\">Faults by signature</h2>\n");
	if (!run->group_count) {
		markup_put(&html->to, "<p>There is none.</p></section>\n");
		return;
	}
	head(html);
	html_rows_begin(&rows, html, HTML_SIGNATURES_BYTES);
	row.to = rows.to;
	for (; shown < run->group_count; shown++) {
		row_put(&row, &run->groups[shown]);
		if (!html_rows_keep(&rows))
			break;
	}
	html_rows_end(&rows, html);
	markup_put(&html->to, "</tbody></table></div>\n");
	if (shown < run->group_count)
		markup_put(&html->to,
			   "<p class=\"bound\">%s had no room here: see "
			   "<code>unflushed report -f json</code>.</p>\n",
			   words_count(run, (int64_t)(run->group_count - shown),
				       "more signature"));
	markup_put(&html->to, "</section>\n");
}
