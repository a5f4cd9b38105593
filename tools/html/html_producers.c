/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_producers.c - how many messages of each producer reached each stage, and
 * how long that took.
 */
#include "html/html.h"

#include "model/words.h"
#include "render/render_text.h"

/* ---- latency ---- */

/* For the first two stages only the mean is known, for the others the times that half and 99
 * of 100 messages took at most. */
struct latency {
	const char *stage;
	int64_t p50_ns, mean_ns, p99_ns, max_ns;
};
#define STAGES 4

static struct latency of_spans(const char *stage, const struct spans *spans)
{
	return (struct latency){stage, UNKNOWN, spans->count ? spans->mean_ns : UNKNOWN,
				UNKNOWN, spans->count ? spans->max_ns : UNKNOWN};
}

static void latencies_of(const struct producer *producer, struct latency stages[STAGES])
{
	stages[0] = of_spans("queued to the first byte of its request", &producer->queue_spans);
	stages[1] = of_spans("first byte to the last", &producer->writing_spans);
	stages[2] = (struct latency){"last byte to the answer", producer->answer_p50_ns,
				     UNKNOWN, producer->answer_p99_ns, producer->answer_max_ns};
	stages[3] = (struct latency){"produced to delivered", producer->latency_p50_ns, UNKNOWN,
				     producer->latency_p99_ns, producer->latency_max_ns};
}

static int64_t longest_of(const struct process *process)
{
	struct latency stages[STAGES];
	int64_t most = 0;

	for (size_t i = 0; i < process->producer_count; i++) {
		latencies_of(&process->producers[i], stages);
		for (size_t j = 0; j < STAGES; j++)
			most = stages[j].max_ns > most ? stages[j].max_ns : most;
	}
	return most;
}

static void latency_row(const struct html *html, const char *name,
			const struct latency *latency, int64_t most)
{
	struct run *run = html->to.run;

	markup_put(&html->to,
		   "<tr><td>%s</td><th scope=\"row\">%s</th><td class=\"n\">%s</td>"
		   "<td class=\"n\">%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td><td>",
		   name, latency->stage, words_time(run, latency->p50_ns),
		   words_time(run, latency->mean_ns), words_time(run, latency->p99_ns),
		   words_time(run, latency->max_ns));
	markup_bar_begin(&html->to);
	markup_bar_part(&html->to, "b3", 0, latency->max_ns, most);
	markup_bar_part(&html->to, "b2", 0, latency->p99_ns, most);
	markup_bar_part(&html->to, "b1", 0,
			latency->mean_ns != UNKNOWN ? latency->mean_ns : latency->p50_ns, most);
	markup_bar_end(&html->to);
	markup_put(&html->to, "</td></tr>\n");
}

void html_latency(const struct html *html, const struct process *process)
{
	int64_t most = longest_of(process);
	struct latency stages[STAGES];

	if (!process->producer_count)
		return;
	markup_put(&html->to, "<h4>Latency by stage</h4>\n");
	if (!most) {
		markup_put(&html->to,
			   "<p class=\"none\">How long its messages took is not known.</p>\n");
		return;
	}
	markup_put(
		&html->to,
		"<div class=\"wide\"><table class=\"bars\"><caption>Half, 99 of 100, and all "
		"took no longer than</caption>\n<thead><tr><th scope=\"col\">producer</th>"
		"<th scope=\"col\">from, to</th><th scope=\"col\" class=\"n k1\">p50</th>"
		"<th scope=\"col\" class=\"n k1\">average</th><th scope=\"col\" class="
		"\"n k2\">p99</th><th scope=\"col\" class=\"n k3\">longest</th><th scope="
		"\"col\"><span class=\"unseen\">bar</span></th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < process->producer_count && i < HTML_LISTED; i++) {
		const struct producer *producer = &process->producers[i];

		latencies_of(producer, stages);
		for (size_t j = 0; j < STAGES; j++)
			latency_row(html, words_producer(html->to.run, process, producer),
				    &stages[j], most);
	}
	markup_put(&html->to, "</tbody></table></div>\n");
}

/* ---- the funnel ---- */

static void funnel(const struct html *html, const struct process *process,
		   const struct producer *producer)
{
	struct run *run = html->to.run;
	struct text_stage stages[TEXT_STAGES];
	size_t count = text_stages(run, process, producer, stages);

	markup_put(
		&html->to,
		"<div class=\"wide\"><table class=\"bars\"><caption>How far its messages came"
		"</caption>\n<thead><tr><th scope=\"col\">stage</th><th scope=\"col\" "
		"class=\"n\">messages</th><th scope=\"col\"><span class=\"unseen\">bar</span>"
		"</th><th scope=\"col\" class=\"n\">bytes</th><th scope=\"col\">what died "
		"there</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < count; i++) {
		markup_put(&html->to,
			   "<tr><th scope=\"row\">%s</th><td class=\"n\">%s</td><td>",
			   stages[i].name, words_number(run, stages[i].messages));
		markup_bar(&html->to, stages[i].messages, producer->tally.messages[PRODUCED]);
		markup_put(&html->to, "</td><td class=\"n\">%s</td><td>%s</td></tr>\n",
			   words_number(run, stages[i].bytes), stages[i].died);
	}
	markup_put(&html->to, "</tbody></table></div>\n");
}

static void facts(const struct html *html, const struct process *process,
		  const struct producer *producer)
{
	const struct text_fact *fact = text_producer_facts(html->to.run, process, producer);

	markup_put(&html->to, "<dl class=\"facts\">\n");
	for (; fact->words; fact++) {
		if (*fact->label)
			markup_put(&html->to, "<dt>%s</dt>", fact->label);
		markup_put(&html->to, "<dd>%s</dd>\n", fact->words);
	}
	markup_put(&html->to, "</dl>\n");
}

void html_producers(const struct html *html, const struct process *process)
{
	struct run *run = html->to.run;
	size_t count = process->producer_count;

	for (size_t i = 0; i < count && i < HTML_LISTED; i++) {
		const struct producer *producer = &process->producers[i];
		const char *client = words_client(producer->client);

		markup_put(&html->to, "<h4>Producer %s, %s%s%s</h4>\n",
			   words_producer(run, process, producer), client,
			   producer->version ? " " : "",
			   producer->version ? producer->version : "");
		funnel(html, process, producer);
		facts(html, process, producer);
	}
	if (count > HTML_LISTED)
		markup_put(&html->to, "<p class=\"bound\">%s: see <code>-f json</code>.</p>\n",
			   words_count(run, (int64_t)(count - HTML_LISTED), "more producer"));
}
