/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_answer.c - the head of the page: whether messages were lost, how many,
 * and where to change the code.
 */
#include "html/html.h"

#include "model/words.h"
#include "render/render_text.h"

static void line(const struct html *html, const char *question, const char *answer)
{
	markup_put(&html->to, "<dt>%s</dt><dd>%s</dd>\n", question, answer);
}

/* Certain and possible losses are never added up. */
static const char *losses_words(struct run *run)
{
	return model_format(run, "%s for certain; %s more may be lost",
			    words_number(run, run->losses.certain),
			    words_number(run, run->losses.possible));
}

static void where(const struct html *html, const struct finding *finding,
		  const struct process *process)
{
	const char **lines =
		text_where_lines(&html->page, html->to.run, finding, process, true);

	markup_put(&html->to, "<dt>Where do I fix it?</dt>");
	for (size_t i = 0; lines[i]; i++)
		markup_put(&html->to, i ? "<dd class=\"more\">%s</dd>\n" : "<dd>%s</dd>\n",
			   lines[i]);
}

/* The worst finding, in the words of the text report. */
static void answers(const struct html *html)
{
	struct run *run = html->to.run;
	const struct process *process = NULL;
	const struct finding *finding = text_worst(run, &process);

	markup_put(&html->to, "<dl class=\"answers\">\n");
	line(html, "How many are lost?", losses_words(run));
	if (finding && !(run->verdict == VERDICT_CLEAN && finding->verdict == VERDICT_CLEAN)) {
		where(html, finding, process);
		if (text_reason(run, finding))
			line(html, "Why?", text_reason(run, finding));
		line(html, "What do I change?", finding->change);
		if (finding->known)
			line(html, "Why is it known?", finding->known);
	}
	markup_put(&html->to, "</dl>\n");
}

/* From the first known start to the last known end. */
static const char *range_words(struct run *run)
{
	int64_t first = UNKNOWN, last = UNKNOWN;

	for (size_t i = 0; i < run->process_count; i++) {
		const struct process *process = &run->processes[i];
		int64_t began = process->start_realtime_ns;
		int64_t ended;

		if (began == UNKNOWN)
			continue;
		if (first == UNKNOWN || began < first)
			first = began;
		if (process->duration_ns != UNKNOWN &&
		    !__builtin_add_overflow(began, process->duration_ns, &ended) &&
		    ended > last)
			last = ended;
	}
	return model_format(run, "%s to %s (UTC)", words_date(run, first),
			    words_date(run, last));
}

static bool is_shown(const struct tally *tally, enum amount amount)
{
	return tally->messages[amount] != 0 || amount == PRODUCED || amount == DELIVERED ||
	       amount == OUTSTANDING;
}

static void numbers(const struct html *html)
{
	struct run *run = html->to.run;
	const struct tally *tally = &run->tally;

	markup_put(
		&html->to,
		"<div class=\"wide\"><table class=\"numbers\"><caption>Messages of the whole "
		"run</caption>\n<thead><tr><th scope=\"col\">stage</th><th scope=\"col\" "
		"class=\"n\">messages</th><th scope=\"col\" class=\"n\">bytes</th></tr>"
		"</thead>\n<tbody>\n");
	for (int i = 0; i < AMOUNT_COUNT; i++) {
		enum amount amount = (enum amount)i;
		bool part = amount == UNSENT || amount == IN_FLIGHT;

		if (!is_shown(tally, amount))
			continue;
		markup_put(&html->to, part ? "<tr><th scope=\"row\" class=\"part\">of these "
					   : "<tr><th scope=\"row\">");
		markup_put(&html->to, "%s</th>",
			   amount == IN_FLIGHT ? "in flight" : amount_name(amount));
		markup_number(&html->to, tally->messages[amount],
			      words_number(run, tally->messages[amount]));
		markup_number(&html->to, tally->bytes[amount],
			      words_number(run, tally->bytes[amount]));
		markup_put(&html->to, "</tr>\n");
	}
	markup_put(&html->to, "</tbody></table></div>\n");
}

void html_answer(struct html *html)
{
	struct run *run = html->to.run;

	markup_put(&html->to, "<header>\n<p class=\"ask\">Did I lose messages?</p>\n<h1>");
	html_verdict(html, run->verdict, run->known);
	markup_put(&html->to, " %s</h1>\n", text_line(run));
	answers(html);
	numbers(html);
	markup_put(&html->to, "<p class=\"when\">%s; %s.</p>\n", range_words(run),
		   text_processes(run));
	if (run->left_out)
		markup_put(&html->to, "<p class=\"when\">%s not chosen for this report.</p>\n",
			   words_count(run, (int64_t)run->left_out, "process"));
	markup_put(&html->to, "</header>\n");
}
