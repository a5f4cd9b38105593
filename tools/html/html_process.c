/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_process.c - a process's details: command and end, findings, then charts and tables.
 */
#include "html/html.h"

#include "model/words.h"
#include "render/notes.h"
#include "render/render_text.h"

static void fact(const struct html *html, const char *label, const char *words)
{
	markup_put(&html->to, "<dt>%s</dt><dd>%s</dd>\n", label, words);
}

static void facts(const struct html *html, const struct process *process)
{
	struct run *run = html->to.run;
	const char *end = words_end(run, process);

	if (process->duration_ns != UNKNOWN)
		end = model_format(run, "%s, after %s", end,
				   words_time(run, process->duration_ns));
	markup_put(&html->to, "<dl class=\"facts\">\n");
	fact(html, "command", text_command(&html->page, run, process));
	fact(html, "began", words_date(run, process->start_realtime_ns));
	fact(html, "end", end);
	if (process->proves && process->producer_count)
		fact(html, "prove", text_withheld(run, process));
	markup_put(&html->to, "</dl>\n");
}

static void finding_put(const struct html *html, const struct finding *finding)
{
	markup_put(&html->to, "<li>");
	if (finding->verdict == VERDICT_CLEAN && !finding->known)
		markup_put(&html->to, "<span class=\"v note\">note</span>");
	else
		html_verdict(html, finding->verdict, finding->known != NULL);
	markup_put(&html->to, " <b>%s</b>, signature <code>%s</code><p>%s</p>", finding->id,
		   finding->signature->digits, finding->text);
	if (finding->known)
		markup_put(&html->to, "<p>known: %s</p>", finding->known);
	if (*finding->fix)
		markup_put(&html->to, "<p class=\"fix\">%s</p>", finding->fix);
	markup_put(&html->to, "</li>\n");
}

static void findings(const struct html *html, const struct process *process)
{
	struct run *run = html->to.run;
	size_t count = process->finding_count;

	if (!count)
		return;
	markup_put(&html->to, "<ul class=\"findings\">\n");
	for (size_t i = 0; i < count && i < HTML_LISTED; i++)
		finding_put(html, &process->findings[i]);
	if (count > HTML_LISTED)
		markup_put(&html->to, "<li class=\"bound\">%s</li>\n",
			   words_count(run, (int64_t)(count - HTML_LISTED), "more finding"));
	markup_put(&html->to, "</ul>\n");
}

static void notes(const struct html *html, const struct process *process)
{
	const char **sentences = notes_of(html->to.run, process);

	if (!sentences[0])
		return;
	markup_put(&html->to, "<ul class=\"notes\">\n");
	for (size_t i = 0; sentences[i]; i++)
		markup_put(&html->to, "<li>%s</li>\n", sentences[i]);
	markup_put(&html->to, "</ul>\n");
}

void html_process(const struct html *html, const struct process *process)
{
	const char *anchor = html_anchor(html, process);

	markup_put(&html->to,
		   "<article id=\"%s\" aria-labelledby=\"%s-title\">\n<h3 id=\"%s-title\">",
		   anchor, anchor, anchor);
	html_verdict(html, process->verdict, false);
	markup_put(&html->to, " %s, pid %s</h3>\n", process->program,
		   words_pid(html->to.run, process));
	facts(html, process);
	findings(html, process);
	html_series(html, process);
	html_connections(html, process);
	html_latency(html, process);
	html_producers(html, process);
	html_large(html, process);
	notes(html, process);
	markup_put(&html->to, "</article>\n");
}
