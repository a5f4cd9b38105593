/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_large.c - how long each stage of each large message took.
 */
#include "html/html.h"

#include "model/words.h"
#include "render/render_text.h"

/* "1.25 s (0.31 s of the processor)" */
static const char *with_cpu(struct run *run, int64_t ns, int64_t cpu_ns)
{
	if (ns == UNKNOWN && cpu_ns == UNKNOWN)
		return "?";
	return model_format(run, "%s (%s)", words_time(run, ns), words_time(run, cpu_ns));
}

/* Draws the stages one after the other; the bar ends before a stage that is not known. */
static void bar(const struct html *html, const struct large_message *large, int64_t most)
{
	const struct {
		const char *kind;
		int64_t ns;
	} parts[] = {
		{"b1", large->before_ns},
		{"b2", large->writing_ns},
		{"b3", large->answering_ns},
	};
	int64_t from = 0;

	markup_bar_begin(&html->to);
	for (size_t i = 0; i < sizeof parts / sizeof *parts && parts[i].ns != UNKNOWN; i++) {
		markup_bar_part(&html->to, parts[i].kind, from, parts[i].ns, most);
		from += parts[i].ns;
	}
	markup_bar_end(&html->to);
}

static void row_put(const struct html *html, const struct process *process,
		    const struct large_message *large, int64_t most)
{
	struct run *run = html->to.run;
	const struct producer *producer = &process->producers[large->producer];

	markup_put(&html->to, "<tr><td class=\"t\">%s</td>",
		   large->site ? words_site(run, producer, large->site) : "?");
	markup_number(&html->to, large->bytes, words_size(run, large->bytes));
	markup_number(&html->to, large->send_ns,
		      with_cpu(run, large->send_ns, large->send_cpu_ns));
	markup_number(&html->to, large->build_ns,
		      with_cpu(run, large->build_ns, large->build_cpu_ns));
	markup_number(&html->to, large->before_ns, words_time(run, large->before_ns));
	markup_number(&html->to, large->writing_ns, words_time(run, large->writing_ns));
	markup_number(&html->to, large->answering_ns, words_time(run, large->answering_ns));
	markup_number(&html->to, large->took_ns, words_time(run, large->took_ns));
	markup_put(&html->to, "<td>");
	bar(html, large, most);
	markup_put(&html->to, "</td></tr>\n");
}

static int64_t known(int64_t ns)
{
	return ns == UNKNOWN ? 0 : ns;
}

static int64_t longest_of(const struct process *process)
{
	int64_t most = 0;

	for (size_t i = 0; i < process->large_count; i++) {
		const struct large_message *large = &process->large[i];
		int64_t all = known(large->before_ns) + known(large->writing_ns) +
			      known(large->answering_ns);

		most = all > most ? all : most;
	}
	return most;
}

void html_large(const struct html *html, const struct process *process)
{
	struct run *run = html->to.run;
	int64_t most = longest_of(process);

	markup_put(&html->to, "<h4>Where the time went</h4>\n");
	if (!process->large_count) {
		markup_put(&html->to,
			   "<p class=\"none\">Messages of %s and more are followed one by one; "
			   "of none is it known here.</p>\n",
			   words_size(run, TRACE_LARGE_BYTES));
		return;
	}
	markup_put(&html->to,
		   "<div class=\"wide\"><table class=\"sortable bars\"><caption>The slowest "
		   "messages of %s and more; in brackets the time of the processor</caption>\n"
		   "<thead><tr><th scope=\"col\">produced at</th><th scope=\"col\" class=\"n\">"
		   "size</th><th scope=\"col\" class=\"n\">inside send()</th><th scope=\"col\" "
		   "class=\"n\">encoding</th><th scope=\"col\" class=\"n k1\">to the first byte"
		   "</th><th scope=\"col\" class=\"n k2\">to the last byte</th><th "
		   "scope=\"col\" class=\"n k3\">to the answer</th><th scope=\"col\" "
		   "class=\"n\">in all</th><td><span class=\"unseen\">bar</span></td></tr>"
		   "</thead>\n<tbody>\n",
		   words_size(run, TRACE_LARGE_BYTES));
	for (size_t i = 0; i < process->large_count && i < HTML_LISTED; i++)
		row_put(html, process, &process->large[i], most);
	markup_put(&html->to, "</tbody></table></div>\n");
	if (process->large_count > HTML_LISTED)
		markup_put(&html->to, "<p class=\"bound\">%s: see <code>-f json</code>.</p>\n",
			   words_count(run, (int64_t)(process->large_count - HTML_LISTED),
				       "more message"));
}
